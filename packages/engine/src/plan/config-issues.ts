import type { z } from "zod";
import type { ComponentDefinition } from "../contracts/component.js";
import type { Json, JsonObject } from "../contracts/json.js";
import type { Path } from "../document/document.js";
import { type FaultOptions, fault, type Scope } from "./compilation.js";
import { nameHint } from "./hint.js";
import { knownKeys } from "./known-keys.js";

type Issue = z.core.$ZodIssue;
type Checked = {
  readonly scope: Scope;
  readonly definition: ComponentDefinition;
  readonly schema: z.ZodType;
  readonly configPath: Path;
  readonly config: JsonObject;
};

/** One diagnostic for each thing that is wrong with a config, where it is wrong. */
export function reportIssues(
  scope: Scope,
  definition: ComponentDefinition,
  schema: z.ZodType,
  configPath: Path,
  config: JsonObject,
  issues: readonly Issue[],
): void {
  for (const issue of issues) reportIssue({ scope, definition, schema, configPath, config }, issue, []);
}

function reportIssue(at: Checked, issue: Issue, base: Path): void {
  const path = [...base, ...issue.path.map((key) => (typeof key === "number" ? key : String(key)))];
  if (issue.code !== "unrecognized_keys" && issue.code !== "custom" && isMissing(at, path)) reportMissing(at, path);
  else if (issue.code === "unrecognized_keys") for (const key of issue.keys) reportUnknownKey(at, path, key);
  else if (issue.code === "invalid_union") reportUnion(at, issue, path);
  else if (issue.code === "invalid_key" || issue.code === "invalid_element")
    for (const inner of issue.issues) reportIssue(at, inner, path);
  else report(at, path, ...sentence(issue, path, valueAt(at.config, path)));
}

function report(at: Checked, path: Path, code: string, message: string, options: FaultOptions = {}): void {
  fault(at.scope, code, [...at.configPath, ...path], message, options);
}

type Sentence = [code: string, message: string, options?: FaultOptions];

const SECRET = /pass|secret|token|key|credential|auth/i;

function sentence(issue: Issue, path: Path, value: Json | undefined): Sentence {
  switch (issue.code) {
    case "invalid_type":
      return ["E_TYPE", `${jsonWords(value)} is given, ${expectedWords(issue.expected)} is expected`];
    case "invalid_value":
      return [
        "E_ENUM",
        `${SECRET.test(String(path.at(-1))) ? "the value" : JSON.stringify(value)} is none of ${issue.values.map((one) => JSON.stringify(one)).join(", ")}`,
      ];
    case "too_small":
      return [
        "E_RANGE",
        `${measure(issue.origin)} must be ${issue.inclusive === false ? "more than" : "at least"} ${issue.minimum}`,
      ];
    case "too_big":
      return [
        "E_RANGE",
        `${measure(issue.origin)} must be ${issue.inclusive === false ? "less than" : "at most"} ${issue.maximum}`,
      ];
    case "not_multiple_of":
      return ["E_RANGE", `the value must be a multiple of ${issue.divisor}`];
    case "custom": {
      const { code, hint } = (issue.params ?? {}) as { code?: unknown; hint?: unknown };
      const options = typeof hint === "string" ? { hint } : {};
      return [typeof code === "string" ? code : "E_RANGE", issue.message, options];
    }
    default:
      return ["E_TYPE", issue.message];
  }
}

function isMissing(at: Checked, path: Path): boolean {
  return path.length > 0 && valueAt(at.config, path) === undefined;
}

function reportMissing(at: Checked, path: Path): void {
  const key = path.at(-1) ?? "";
  const where = path.length === 1 ? `class ${shortName(at.definition.class)}` : `config.${path.slice(0, -1).join(".")}`;
  report(at, path.slice(0, -1), "E_MISSING", `Required key "${key}" of ${where} is missing`, { part: "key" });
}

function reportUnknownKey(at: Checked, path: Path, key: string): void {
  const known = knownKeys(at.scope.compilation.zod, at.schema, path);
  const hint = nameHint(at.scope.compilation, key, known);
  const message = `Key "${key}" is not known to ${shortName(at.definition.class)}`;
  report(at, [...path, key], "E_UNKNOWN_KEY", message, { ...hint, part: "key" });
}

/** The branch that came furthest speaks; if all failed at once, what they would have taken is listed. */
function reportUnion(at: Checked, issue: Extract<Issue, { code: "invalid_union" }>, path: Path): void {
  const atTop = (one: Issue) => one.code === "invalid_type" && one.path.length === 0;
  const branches = issue.errors.filter((issues) => !issues.some(atTop));
  const best = branches.sort((a, b) => a.length - b.length)[0];
  if (best !== undefined) {
    for (const inner of best) reportIssue(at, inner, path);
    return;
  }
  const expected = issue.errors.flatMap((issues) =>
    issues.flatMap((one) => (one.code === "invalid_type" ? [one.expected] : [])),
  );
  const words = [...new Set(expected.map(expectedWords))].join(" or ");
  const given = jsonWords(valueAt(at.config, path));
  report(at, path, "E_TYPE", words === "" ? issue.message : `${given} is given, ${words} is expected`);
}

export function shortName(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
}

function valueAt(config: JsonObject, path: Path): Json | undefined {
  let value: Json | undefined = config;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as JsonObject)[key];
  }
  return value;
}

const WORDS: { readonly [expected: string]: string } = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a map",
  record: "a map",
  null: "nothing",
};

const expectedWords = (expected: string): string => WORDS[expected] ?? `a ${expected}`;

function jsonWords(value: Json | undefined): string {
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  return expectedWords(typeof value);
}

function measure(origin: string): string {
  if (origin === "string") return "the number of characters";
  return origin === "array" || origin === "set" ? "the number of items" : "the value";
}
