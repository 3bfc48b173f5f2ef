import type { ConfigProblem } from "../../../contracts/component.js";
import type { Json } from "../../../contracts/json.js";
import { pathFault } from "../../../paths/path-spelling.js";
import { referredInputs } from "../interpolate.js";

type Place = ConfigProblem["path"];

/** What is wrong with a path or pattern as it is written; with references in it, it is looked at when it is filled in. */
export function pathProblems(text: Json | undefined, path: Place): readonly ConfigProblem[] {
  if (typeof text !== "string" || referredInputs(text).length > 0 || text.startsWith("/")) return [];
  const fault = pathFault(text);
  if (fault === undefined) return [];
  return [
    {
      path,
      code: "E_PATH",
      message: `Path ${JSON.stringify(text)} is not allowed: ${fault}`,
      hint: "write it relative to the workflow's folder, with /",
    },
  ];
}

/** References where nothing is filled in, as the value there must be the document's own. */
export function fixedProblems(text: Json | undefined, path: Place, why: string): readonly ConfigProblem[] {
  if (typeof text !== "string" || !text.includes("{{")) return [];
  return [{ path, code: "E_CONFLICT", message: `${JSON.stringify(text)} may hold no {{ port }}: ${why}` }];
}

/** Secrets where others on this machine could read them. */
export function secretProblems(text: Json | undefined, path: Place): readonly ConfigProblem[] {
  if (typeof text !== "string" || !text.includes("${secret:")) return [];
  const message = "A secret may not stand in a command: every user of this machine can read a program's arguments";
  return [{ path, code: "E_CONFLICT", message, hint: "give it under env or stdin" }];
}
