import { nearest } from "../document/nearest.js";
import type { Compilation } from "./compilation.js";

const MAX_LISTED = 8;

/** `did you mean "x"?`, else the names there are, else nothing. */
export function nameHint(compilation: Compilation, name: string, candidates: readonly string[]): { hint?: string } {
  if (compilation.nearestLeft >= candidates.length) {
    compilation.nearestLeft -= candidates.length;
    const near = nearest(name, candidates);
    if (near !== undefined) return { hint: `did you mean "${near}"?` };
  }
  if (candidates.length === 0 || candidates.length > MAX_LISTED) return {};
  return { hint: `there ${candidates.length === 1 ? "is" : "are"} ${candidates.join(", ")}` };
}
