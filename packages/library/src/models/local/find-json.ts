import type { Json } from "@nanobrain/engine";

export type FoundJson = {
  /** Objects and lists that stand in the text. */
  readonly values: readonly Json[];
  /** The text without them. */
  readonly rest: string;
};

/** Beginnings that turned out to be no JSON cost time; after so many the rest is text. */
const mostTries = 200;

/** Objects and lists written as JSON in a text, each beginning a line or following a colon, quote, fence or tag. */
export function findJson(text: string): FoundJson {
  const values: Json[] = [];
  const rest: string[] = [];
  const begin = /(?:^|[\n:>`])[ \t]*(?=[[{])/g;
  let at = 0;
  let tries = 0;
  for (let found = begin.exec(text); found !== null && tries < mostTries; found = begin.exec(text)) {
    const start = found.index + found[0].length;
    const end = endOf(text, start);
    const value = end === undefined ? undefined : parsed(text.slice(start, end));
    if (end === undefined || value === undefined) {
      tries++;
      begin.lastIndex = start + 1;
      continue;
    }
    values.push(value);
    rest.push(text.slice(at, start));
    at = end;
    begin.lastIndex = end;
  }
  rest.push(text.slice(at));
  return { values, rest: rest.join(" ") };
}

/** Where the bracket that opens at `start` is closed. */
function endOf(text: string, start: number): number | undefined {
  let depth = 0;
  const sign = /["[\]{}]/g;
  sign.lastIndex = start;
  for (let found = sign.exec(text); found !== null; found = sign.exec(text)) {
    if (found[0] === '"') {
      const end = stringEnd(text, found.index);
      if (end === undefined) return undefined;
      sign.lastIndex = end;
    } else if (found[0] === "{" || found[0] === "[") depth++;
    else if (--depth === 0) return found.index + 1;
  }
  return undefined;
}

function stringEnd(text: string, start: number): number | undefined {
  for (let at = start + 1; at < text.length; at++) {
    const sign = text[at];
    if (sign === "\\") at++;
    else if (sign === '"') return at + 1;
    else if (sign === "\n") return undefined;
  }
  return undefined;
}

/** Undefined: no JSON, or an empty one, or only a number in brackets, as citations are. */
function parsed(text: string): Json | undefined {
  try {
    const value = JSON.parse(text) as Json;
    const isCitation = Array.isArray(value) && value.every((one) => typeof one === "number");
    return typeof value !== "object" || value === null || isCitation ? undefined : value;
  } catch {
    return undefined;
  }
}
