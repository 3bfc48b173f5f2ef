import { type ASTNode, Environment } from "@marcbachmann/cel-js";
import type { Json } from "../contracts/json.js";
import { compile } from "./condition-compile.js";
import { type Compiler, type ConditionProblem, type Part, placeOf } from "./condition-compiler.js";
import { syntaxProblem } from "./condition-syntax.js";
import { Fault, fieldOf, isMap, kindOf, kindWords, MAX_STEPS, type Scope } from "./condition-value.js";
import { type Translated, translateWords } from "./condition-words.js";

export type { ConditionProblem } from "./condition-compiler.js";

/** A top-level field that a condition reads without asking `has()` first. */
export type ConditionName = { readonly name: string; readonly offset: number; readonly length: number };

export type Verdict = { readonly pass: boolean; readonly reason: string } | { readonly failed: string };

export type Condition =
  | {
      readonly ok: true;
      /** A missing field makes it false; what cannot be done on the value, or costs too much, is `failed`. Never throws. */
      evaluate(value: Json): Verdict;
      readonly names: readonly ConditionName[];
    }
  | { readonly ok: false; readonly problems: readonly ConditionProblem[] };

export const MAX_SOURCE_CHARACTERS = 2048;
const LIMITS = { maxAstNodes: 500, maxDepth: 32, maxListElements: 200, maxMapEntries: 200, maxCallArguments: 16 };
const MAX_KEPT = 512;

/** The parser only; evaluation is our own (see `compile`). */
const parser = new Environment({ unlistedVariablesAreDyn: true, homogeneousAggregateLiterals: false, limits: LIMITS });
const kept = new Map<string, Condition>();

/**
 * Compiles a condition in CEL with the words and/or/not, over the fields of a value and `value` itself. Numbers are
 * doubles. Reports all that is wrong. The last 512 conditions are kept.
 */
export function compileCondition(source: string): Condition {
  const known = kept.get(source);
  if (known !== undefined) return known;
  const made = compileNew(source);
  if (source.length > MAX_SOURCE_CHARACTERS) return made;
  if (kept.size >= MAX_KEPT) for (const oldest of kept.keys()) if (kept.delete(oldest)) break;
  kept.set(source, made);
  return made;
}

function compileNew(source: string): Condition {
  if (source.trim() === "") return refuse({ code: "E_EXPR_SYNTAX", message: "The condition is empty" });
  if (source.length > MAX_SOURCE_CHARACTERS) {
    const message = `The condition has ${source.length} characters, ${MAX_SOURCE_CHARACTERS} are allowed`;
    return refuse({ code: "E_EXPR_LIMIT", message, hint: "Compute it in a step, and test its output." });
  }
  const translated = translateWords(source);
  const compiler: Compiler = { source, offsets: translated.offsets, problems: [], locals: [], uses: [], asked: [] };
  const ast = parse(translated, compiler);
  if (ast === undefined) return { ok: false, problems: compiler.problems };
  const whole = compile(ast, compiler);
  if (whole.kind !== "bool" && whole.kind !== "any") {
    const message = `The condition gives ${kindWords(whole.kind)}, true or false is expected`;
    compiler.problems.push({ code: "E_EXPR_TYPE", message, offset: 0, length: source.length });
  }
  if (compiler.problems.length > 0) return { ok: false, problems: compiler.problems };
  return { ok: true, names: namesOf(compiler), evaluate: (value) => judge(value, whole, compiler) };
}

const refuse = (problem: ConditionProblem): Condition => ({ ok: false, problems: [problem] });

function parse(translated: Translated, compiler: Compiler): ASTNode | undefined {
  try {
    return parser.parse(translated.text).ast;
  } catch (error) {
    compiler.problems.push(syntaxProblem(error, compiler));
    return undefined;
  }
}

function namesOf(compiler: Compiler): ConditionName[] {
  const asked = new Set(compiler.asked.map((use) => use.path[0]));
  return compiler.uses.flatMap(({ path: [name], first }) => {
    if (name === undefined || asked.has(name)) return [];
    return [{ name, offset: placeOf(compiler, first, first).offset, length: name.length }];
  });
}

function judge(value: Json, whole: Part, compiler: Compiler): Verdict {
  const scope: Scope = { value, locals: [], stepsLeft: MAX_STEPS };
  const result = whole.run(scope);
  if (typeof result === "boolean") return { pass: result, reason: reason(value, result, compiler) };
  if (!(result instanceof Fault)) return { failed: `it gives ${kindWords(kindOf(result))}, true or false is expected` };
  return result.cause === "missing" ? { pass: false, reason: result.text } : { failed: result.text };
}

const MAX_SHOWN = 4;

/** `quality > 0.7 -> true (0.83)`; with several fields each value has its name. */
function reason(value: Json, result: boolean, compiler: Compiler): string {
  const source = compiler.source.trim().replace(/\s+/g, " ");
  const text = source.length > 120 ? `${source.slice(0, 117)}...` : source;
  const read = new Map<string, Json | undefined>();
  for (const { path } of [...compiler.uses, ...compiler.asked]) {
    if (path.length > 0 && read.size < MAX_SHOWN)
      read.set(path.join("."), path.reduce<Json | undefined>(follow, value));
  }
  const named = read.size > 1;
  const values = [...read].map(([name, found]) => (named ? `${name} ${brief(found)}` : brief(found)));
  return `${text} -> ${result}${values.length === 0 ? "" : ` (${values.join(", ")})`}`;
}

const follow = (at: Json | undefined, name: string): Json | undefined =>
  at === undefined ? undefined : fieldOf(at, name);

function brief(value: Json | undefined): string {
  if (value === undefined) return "absent";
  if (Array.isArray(value)) return `${value.length} items`;
  if (isMap(value)) return `${Object.keys(value).length} fields`;
  return typeof value === "string" && value.length > 40 ? `"${value.slice(0, 36)}..."` : JSON.stringify(value);
}
