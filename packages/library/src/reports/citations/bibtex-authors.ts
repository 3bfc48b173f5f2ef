import type { Json } from "@nanobrain/engine";
import { plainLatex } from "./plain-latex.js";

/** The names of an author field, which `and` outside of braces divides. A name in braces is one that is not taken apart. */
export function bibtexAuthors(field: string): readonly Json[] {
  return namesIn(field).flatMap((name): Json[] => {
    const text = plainLatex(name);
    if (text === "") return [];
    return isBraced(name.trim()) && !text.includes(",") ? [{ collective: text }] : [text];
  });
}

function namesIn(field: string): readonly string[] {
  const names: string[] = [];
  const divider = /\s+and\s+/iy;
  let depth = 0;
  let start = 0;
  for (let at = 0; at < field.length; at++) {
    const sign = field[at];
    if (sign === "\\") at++;
    else if (sign === "{") depth++;
    else if (sign === "}") depth--;
    divider.lastIndex = at;
    const length = depth === 0 ? (divider.exec(field)?.[0].length ?? 0) : 0;
    if (length === 0) continue;
    names.push(field.slice(start, at));
    start = at + length;
    at = start - 1;
  }
  return [...names, field.slice(start)];
}

/** Whether one pair of braces is around the whole. */
function isBraced(name: string): boolean {
  let depth = 0;
  for (let at = 0; at < name.length; at++) {
    if (name[at] === "\\") at++;
    else if (name[at] === "{") depth++;
    else if (name[at] === "}" && --depth === 0) return at === name.length - 1;
    if (depth === 0) return false;
  }
  return false;
}
