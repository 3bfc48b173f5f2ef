import type { Json, JsonObject } from "@nanobrain/engine";

/** A value as a model is given it. `leftOut`: what is not there, in words; undefined: it is whole. */
export type Fitted = {
  readonly text: string;
  readonly leftOut?: string;
  readonly records?: number;
  readonly shown?: number;
};

/**
 * A value within a number of characters. Whole if it fits; else of its longest list as many items from the beginning as fit, whole ones;
 * else its beginning. Lists stand an item a line.
 */
export function fitted(value: Json, limit: number): Fitted {
  const list = longestList(value);
  const counted = list === undefined ? {} : { records: list.items.length, shown: list.items.length };
  const whole = printed(value);
  if (whole.length <= limit) return { text: whole, ...counted };
  if (list === undefined || list.items.length === 0) return beginning(whole, limit);
  const shown = mostThatFit(value, list, limit);
  if (shown === 0) return beginning(whole, limit);
  const leftOut = `${list.items.length - shown} of ${list.items.length} items${list.path.length === 0 ? "" : ` of ${list.path.join(".")}`}`;
  return { text: printed(cut(value, list, shown)), leftOut, records: list.items.length, shown };
}

type Found = { readonly path: readonly string[]; readonly items: readonly Json[] };

/** The list that holds most items: the value itself, or a field of it, or of a field. */
function longestList(value: Json, path: readonly string[] = []): Found | undefined {
  if (Array.isArray(value)) return { path, items: value as readonly Json[] };
  if (typeof value !== "object" || value === null || path.length > 2) return undefined;
  let best: Found | undefined;
  for (const [key, inner] of Object.entries(value as JsonObject)) {
    const found = longestList(inner as Json, [...path, key]);
    if (found !== undefined && found.items.length > (best?.items.length ?? 0)) best = found;
  }
  return best;
}

function mostThatFit(value: Json, list: Found, limit: number): number {
  let left = limit - printed(cut(value, list, 0)).length;
  let count = 0;
  for (const item of list.items) {
    left -= JSON.stringify(item).length + 2;
    if (left < 0) break;
    count += 1;
  }
  return count;
}

function cut(value: Json, { path, items }: Found, count: number, depth = 0): Json {
  const key = path[depth];
  if (key === undefined) return items.slice(0, count);
  const object = value as JsonObject;
  return { ...object, [key]: cut(object[key] as Json, { path, items }, count, depth + 1) };
}

function beginning(text: string, limit: number): Fitted {
  const end = text.lastIndexOf(" ", limit);
  const taken = text.slice(0, end > limit * 0.8 ? end : limit).replace(/[\ud800-\udbff]$/, "");
  return { text: taken, leftOut: `${text.length - taken.length} of ${text.length} characters, at the end` };
}

/** Text as it is; else JSON, the items of lists at the top or one below it a line each. */
export function printed(value: Json): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return lines(value as readonly Json[]);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value as JsonObject).map(
    ([key, inner]) =>
      `${JSON.stringify(key)}: ${Array.isArray(inner) ? lines(inner as readonly Json[]) : JSON.stringify(inner)}`,
  );
  return `{${fields.join(",\n")}}`;
}

function lines(items: readonly Json[]): string {
  return items.length === 0 ? "[]" : `[\n${items.map((item) => JSON.stringify(item)).join(",\n")}\n]`;
}
