import { readFileSync, renameSync, writeFileSync } from "node:fs";

/** What is remembered of steps that ran: milliseconds by name, the latest at the end. */
export type KnownTimes = ReadonlyMap<string, number>;

/** Names that are kept; the longest unheard of go first. */
const mostKept = 20_000;
/** What a run adds to what was known: half is new, so that a few runs forget what is not so any more. */
const share = 0.5;

/** Nothing is known of what cannot be read: it is a convenience, and no promise rests on it. */
export function readTimes(path: string): KnownTimes {
  try {
    const { format, times } = JSON.parse(readFileSync(path, "utf8")) as { format?: unknown; times?: unknown };
    if (format !== 1 || typeof times !== "object" || times === null) return new Map();
    const entries = Object.entries(times).filter((entry): entry is [string, number] => isTime(entry[1]));
    return new Map(entries);
  } catch {
    return new Map();
  }
}

const isTime = (value: unknown): boolean => typeof value === "number" && Number.isFinite(value) && value >= 0;

/** Together with what was known before. */
export function mergedTimes(known: KnownTimes, found: KnownTimes): KnownTimes {
  const merged = new Map(known);
  for (const [name, ms] of found) {
    const before = merged.get(name);
    merged.delete(name);
    merged.set(name, rounded(before === undefined ? ms : before + (ms - before) * share));
  }
  for (const name of merged.keys()) {
    if (merged.size <= mostKept) break;
    merged.delete(name);
  }
  return merged;
}

/** To a thousandth: what is journaled and kept stays short. */
export const rounded = (ms: number): number => Math.round(ms * 1000) / 1000;

/** Failing to keep them is no failure. */
export function writeTimes(path: string, times: KnownTimes): void {
  try {
    const part = `${path}.${process.pid}.tmp`;
    writeFileSync(part, JSON.stringify({ format: 1, times: Object.fromEntries(times) }), { mode: 0o600 });
    renameSync(part, path);
  } catch {
    // Read-only folders and full disks: the next run orders its steps as if nothing was known.
  }
}
