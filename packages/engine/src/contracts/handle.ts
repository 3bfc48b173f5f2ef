import type { Json } from "./json.js";

/**
 * How the journal and the kernel hold a value: small JSON in place, large JSON as a blob of its text by content hash,
 * a list put together by the engine from other handles (mapped
 * outputs, `merge: list`), or one item of a list (0-based; in memory only, never journaled). The kernel never looks inside.
 */
export type Handle =
  | { readonly json: Json }
  | { readonly blob: string; readonly sizeBytes: number }
  | { readonly list: readonly Handle[] }
  | { readonly of: Handle; readonly item: number };
