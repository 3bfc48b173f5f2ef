import { type At, complain, foundText, labelOf } from "./at.js";
import { type Bounds, inRange, wrongType } from "./values.js";

const unitsMs: { readonly [unit: string]: number } = {
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const decimalPowers = ["b", "kb", "mb", "gb", "tb", "pb"];
const binaryPowers = ["b", "kib", "mib", "gib", "tib", "pib"];

const tenYearsMs = 10 * 365 * 86_400_000;

/** Milliseconds of a duration: seconds as a number, or a text such as `90s`, `5m`, `1h30m`. At most ten years. */
export function readDuration(at: At, bounds: Bounds = {}): number | undefined {
  const value = at.node.kind === "scalar" ? at.node.value : undefined;
  const expected = "a duration in seconds, or a text like 90s, 5m, 2h";
  if (typeof value !== "number" && typeof value !== "string") return wrongType(at, expected);
  const ms = typeof value === "number" ? Math.round(value * 1000) : durationMs(value);
  if (ms === undefined) return wrongType(at, expected, "units are ms, s, m, h and d");
  const wide = { least: 0, most: tenYearsMs, ...bounds };
  return inRange(at, ms, wide, (bound) => `${bound / 1000} s`);
}

/** Bytes of a size: a number of bytes, or a text such as `512MB` (powers of 1000) or `2GiB` (powers of 1024). */
export function readSize(at: At): number | undefined {
  const value = at.node.kind === "scalar" ? at.node.value : undefined;
  const expected = "a size in bytes, or a text like 512MB, 2GiB";
  if (typeof value !== "number" && typeof value !== "string") return wrongType(at, expected);
  const bytes = typeof value === "number" ? value : sizeBytes(value);
  if (bytes === undefined) return wrongType(at, expected, "units are B, KB, MB, GB, TB and KiB, MiB, GiB, TiB");
  if (Number.isSafeInteger(bytes) && bytes >= 0) return bytes;
  complain(at, "E_RANGE", `${labelOf(at)} is ${foundText(at.node)}: a whole number of bytes, 0 or more, is expected`);
  return undefined;
}

/** Undefined: not a duration. `1h30m` adds up. */
export function durationMs(text: string): number | undefined {
  const compact = text.trim().replace(/\s+/g, "");
  if (compact.length > 40 || !/^(?:\d+(?:\.\d+)?(?:ms|min|s|m|h|d))+$/.test(compact)) {
    return /^-?\d+(?:\.\d+)?$/.test(compact) ? Math.round(Number(compact) * 1000) : undefined;
  }
  let total = 0;
  for (const [, amount, unit] of compact.matchAll(/(\d+(?:\.\d+)?)(ms|min|s|m|h|d)/g))
    total += Number(amount) * unitsMs[unit!]!;
  return Math.round(total);
}

/** Undefined: not a size. */
export function sizeBytes(text: string): number | undefined {
  const [, amount, unit = "b"] = /^\s*(\d+(?:\.\d+)?)\s*([KMGTP]?i?B)?\s*$/i.exec(text) ?? [];
  if (amount === undefined) return undefined;
  const small = unit.toLowerCase();
  const factor = small.includes("i") ? 1024 ** binaryPowers.indexOf(small) : 1000 ** decimalPowers.indexOf(small);
  return factor < 1 ? undefined : Math.round(Number(amount) * factor);
}
