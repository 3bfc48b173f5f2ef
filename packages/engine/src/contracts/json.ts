/** Any value that survives `JSON.stringify` and `JSON.parse` unchanged. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json };

/** A JSON Schema (2020-12) as plain data. */
export type JsonSchema = boolean | JsonObject;

/**
 * A file as a value. It travels as plain JSON; its bytes lie in the blob store under `$file`.
 * `name` is a base name without folders.
 */
export type FileValue = {
  readonly $file: string;
  readonly name: string;
  readonly size_bytes: number;
  readonly media_type: string;
};

export function isFileValue(value: unknown): value is FileValue {
  if (typeof value !== "object" || value === null) return false;
  const file = value as Partial<FileValue>;
  return typeof file.$file === "string" && typeof file.name === "string" && typeof file.size_bytes === "number";
}
