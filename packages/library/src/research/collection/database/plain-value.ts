import type { Json } from "@nanobrain/engine";

/** A value of a database as JSON: times as ISO text, bytes as Base64, numbers that JSON cannot hold as text. */
export function plainValue(value: unknown): Json {
  if (value === null || value === undefined) return null;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  return JSON.parse(JSON.stringify(value)) as Json;
}
