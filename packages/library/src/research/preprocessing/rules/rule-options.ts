import type { Json, JsonObject } from "@nanobrain/engine";
import { type FieldGlob, fieldGlob } from "./field-glob.js";
import type { RuleProblem } from "./rule.js";

/** Reads the options of one rule, and gathers what is wrong with them. */
export type RuleOptions = {
  readonly given: JsonObject;
  readonly problems: RuleProblem[];
  globs(): readonly FieldGlob[];
  /** Names without patterns; also of a text or list that stands for the whole options. */
  names(): readonly string[];
  text(key: string): string | undefined;
  number(key: string): number | undefined;
  choice<T extends string>(key: string, allowed: readonly T[], otherwise: T): T;
  map(key: string): JsonObject;
  fault(problem: string, key?: string): void;
};

export function isMap(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `known`: the keys that the rule takes besides `field` and `fields`. `isWhole`: it takes none of these two. */
export function ruleOptions(
  options: Json,
  known: readonly string[],
  path: RuleProblem["path"],
  isWhole = false,
): RuleOptions {
  const given: JsonObject = isMap(options) ? options : isWhole ? {} : { fields: options === true ? "*" : options };
  const problems: RuleProblem[] = [];
  const fault = (problem: string, key?: string): void => {
    problems.push({ path: key === undefined ? path : [...path, key], problem });
  };
  for (const key of Object.keys(given))
    if (!known.includes(key) && (isWhole || (key !== "fields" && key !== "field")))
      fault(
        `has ${JSON.stringify(key)}, which it does not know: ${[...(isWhole ? [] : ["fields"]), ...known].join(", ")}`,
        key,
      );
  if (given["fields"] !== undefined && given["field"] !== undefined) fault("has both field and fields", "field");
  const names = (): readonly string[] => {
    const said = given["fields"] ?? given["field"];
    const list = (Array.isArray(said) ? said : [said]) as readonly (Json | undefined)[];
    const texts = list.filter((name): name is string => typeof name === "string" && name !== "");
    if (texts.length === 0 || texts.length < list.length) fault("needs fields: a name or a list of names");
    return texts;
  };
  const one = (key: string, type: "string" | "number", word: string): Json | undefined => {
    const value = given[key];
    if (value === undefined || typeof value === type) return value;
    fault(`${key} must be ${word}`, key);
    return undefined;
  };
  return {
    given,
    problems,
    fault,
    names: () => {
      const plain = names();
      if (plain.some((name) => name.includes("*"))) fault("takes whole names, without *");
      return plain;
    },
    globs: () => names().map(fieldGlob),
    text: (key) => one(key, "string", "text") as string | undefined,
    number: (key) => one(key, "number", "a number") as number | undefined,
    map: (key) => {
      const value = given[key] ?? {};
      if (isMap(value)) return value;
      fault(`${key} must be a map`, key);
      return {};
    },
    choice: (key, allowed, otherwise) => {
      const value = given[key];
      if (value === undefined) return otherwise;
      const found = allowed.find((each) => each === value);
      if (found === undefined) fault(`${key} must be one of ${allowed.join(", ")}`, key);
      return found ?? otherwise;
    },
  };
}
