import type { z } from "zod";
import type { Zod } from "../../../contracts/component.js";
import type { Json } from "../../../contracts/json.js";
import { durationMs, sizeBytes } from "../../../document/quantities.js";

/** Bytes, or text such as `512MB`, `2GiB`. */
export function size(zod: Zod): z.ZodType {
  return zod.union([
    zod.number().int().positive(),
    zod.string().regex(/^\s*\d+(\.\d+)?\s*([KMGTP]?i?B)?\s*$/i, "Expected a size: bytes, or text such as 512MB, 2GiB"),
  ]);
}

/** Bytes of a validated size. */
export function bytesOf(setting: Json | undefined, otherwise: number): number {
  if (typeof setting === "number") return setting;
  return (typeof setting === "string" ? sizeBytes(setting) : undefined) ?? otherwise;
}

/** Milliseconds of a validated duration: seconds, or text such as `90s`. */
export function millisecondsOf(setting: Json | undefined, otherwise: number): number {
  if (typeof setting === "number") return Math.round(setting * 1000);
  return (typeof setting === "string" ? durationMs(setting) : undefined) ?? otherwise;
}
