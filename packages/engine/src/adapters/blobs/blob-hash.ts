import { createHash } from "node:crypto";
import { type NanobrainError, nanobrainError } from "../../errors/nanobrain-error.js";

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** 64 hex digits, lower case: nothing else becomes part of a path. */
export function isHash(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

export function blobMissing(hash: string): NanobrainError {
  return nanobrainError(
    "E_BLOB_MISSING",
    { hash },
    { hint: "Put it back from a copy of the store, or make it again: nanobrain rerun ID --from STEP." },
  );
}

export function blobDamaged(hash: string): NanobrainError {
  return nanobrainError("E_BLOB_DAMAGED", { hash });
}
