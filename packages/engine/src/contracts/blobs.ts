/** Bytes by content hash (sha-256, 64 hex digits). Put is idempotent; what `put` answered survives power loss. */
export interface Blobs {
  put(bytes: Uint8Array): Promise<string>;
  /** Copies a file in. The file may be large: it is streamed. */
  putFile(path: string): Promise<{ readonly hash: string; readonly sizeBytes: number }>;
  /** The bytes, checked against the hash. Rejects with E_BLOB_MISSING or E_BLOB_DAMAGED. */
  get(hash: string): Promise<Uint8Array>;
  has(hash: string): Promise<boolean>;
  /** A readable path of the blob on this machine (read only; never write to it). */
  path(hash: string): Promise<string>;
}
