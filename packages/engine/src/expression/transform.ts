import jsonata from "jsonata";
import type { Json } from "../contracts/json.js";
import { nanobrainError } from "../errors/nanobrain-error.js";
import { PatternEngine } from "./pattern-engine.js";
import { plainJson } from "./plain-json.js";

export type TransformLimits = {
  /** Checked between the parts of the expression; one call of a built-in function is not interrupted. */
  readonly timeoutMs: number;
  /** Depth of calls. */
  readonly depth: number;
  /** Items in one list on the way. */
  readonly items: number;
};

export const transformLimits: TransformLimits = { timeoutMs: 60_000, depth: 400, items: 2_000_000 };

export type TransformProblem = {
  readonly code: "E_EXPR_SYNTAX" | "E_EXPR_FORBIDDEN" | "E_EXPR_LIMIT";
  readonly message: string;
  readonly offset?: number;
  readonly length?: number;
  readonly hint?: string;
};

export const MAX_TRANSFORM_CHARACTERS = 65_536;
const MAX_PAD = 100_000;

/** Functions that give another result each time, or run text as code. */
const REFUSED: { readonly [name: string]: string } = {
  now: "the time is not part of an expression; take it as an input",
  millis: "the time is not part of an expression; take it as an input",
  random: "an expression gives the same result each time; take random numbers as an input",
  shuffle: "an expression gives the same result each time",
  eval: "text is never run as code",
};

/** What is wrong with an expression of JSONata before it runs. Empty: nothing that can be seen. */
export function checkTransform(source: string): readonly TransformProblem[] {
  const parsed = parse(source, transformLimits);
  return parsed.ok ? [] : [parsed.problem];
}

/**
 * Runs an expression on a value: `$` is the value. Undefined: the expression finds nothing, which is absence.
 * Throws E_TRANSFORM, and E_TRANSFORM_LIMIT where it takes too long or grows too large.
 */
export async function runTransform(
  source: string,
  value: Json,
  limits: TransformLimits = transformLimits,
): Promise<Json | undefined> {
  const parsed = parse(source, limits);
  if (!parsed.ok) throw nanobrainError("E_TRANSFORM", { what: parsed.problem.message });
  try {
    return plainJson(await parsed.expression.evaluate(value));
  } catch (error) {
    throw failureOf(error);
  }
}

type Parsed =
  | { readonly ok: true; readonly expression: jsonata.Expression }
  | { readonly ok: false; readonly problem: TransformProblem };

function parse(source: string, limits: TransformLimits): Parsed {
  if (source.trim() === "") return refuse({ code: "E_EXPR_SYNTAX", message: "The expression is empty" });
  if (source.length > MAX_TRANSFORM_CHARACTERS) {
    const message = `The expression has ${source.length} characters, ${MAX_TRANSFORM_CHARACTERS} are allowed`;
    return refuse({ code: "E_EXPR_LIMIT", message, hint: "Write a function in the module." });
  }
  try {
    const { timeoutMs: timeout, depth: stack, items: sequence } = limits;
    const engine = PatternEngine as unknown as RegExpConstructor;
    const expression = jsonata(source, { timeout, stack, sequence, RegexEngine: engine });
    const problem = forbidden(expression.ast(), source);
    if (problem !== undefined) return refuse(problem);
    guard(expression);
    return { ok: true, expression };
  } catch (error) {
    return refuse(syntaxProblem(error, source));
  }
}

const refuse = (problem: TransformProblem): Parsed => ({ ok: false, problem });

function guard(expression: jsonata.Expression): void {
  for (const [name, reason] of Object.entries(REFUSED)) {
    expression.registerFunction(name, () => {
      throw nanobrainError("E_TRANSFORM", { what: `$${name}() is not available: ${reason}` });
    });
  }
  expression.registerFunction("pad", pad, "<s-ns?:s>");
}

function pad(text: string | undefined, width: number, fill?: string): string | undefined {
  if (text === undefined) return undefined;
  const size = Math.abs(Math.trunc(width));
  if (size > MAX_PAD) throw nanobrainError("E_TRANSFORM_LIMIT", { what: `$pad() to more than ${MAX_PAD} characters` });
  const characters = [...text];
  const filler = [...(fill === undefined || fill === "" ? " " : fill)];
  const padding = Array.from(
    { length: Math.max(0, size - characters.length) },
    (_, i) => filler[i % filler.length],
  ).join("");
  return width < 0 ? padding + text : text + padding;
}

function syntaxProblem(error: unknown, source: string): TransformProblem {
  if (error instanceof RangeError) return { code: "E_EXPR_LIMIT", message: "The expression is nested too deeply" };
  const { message, position, token } = error as Partial<jsonata.JsonataError>;
  if (message === undefined) return { code: "E_EXPR_SYNTAX", message: "The expression cannot be read" };
  if (position === undefined) return { code: "E_EXPR_SYNTAX", message };
  if (token === "(end)") return { code: "E_EXPR_SYNTAX", message, offset: source.length, length: 0 };
  const end = Math.min(position, source.length);
  const length = Math.min(end, typeof token === "string" ? token.length : 1);
  const offset = end - length;
  return { code: "E_EXPR_SYNTAX", message, offset, length };
}

/** A call of a refused function, or a pattern that can take for ever, anywhere in the expression. */
function forbidden(root: unknown, source: string): TransformProblem | undefined {
  const seen = new Set<unknown>();
  const open = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (typeof node !== "object" || node === null || seen.has(node)) continue;
    seen.add(node);
    const problem = ofNode(node as jsonata.ExprNode, source);
    if (problem !== undefined) return problem;
    open.push(...Object.values(node));
  }
  return undefined;
}

function ofNode(node: jsonata.ExprNode, source: string): TransformProblem | undefined {
  const value: unknown = node.value;
  if (String(node.type) === "regex" && value instanceof RegExp) {
    const fault = PatternEngine.fault(value);
    const place = source.indexOf(`/${value.source}/`);
    const message = `The pattern /${value.source.slice(0, 80)}/ cannot be used: ${fault}`;
    const offset = Math.max(0, place);
    // The pattern's own text may be longer than what was written: a line's end is two characters in it.
    const length = Math.min(value.source.length + 2, source.length - offset);
    if (fault !== undefined) return { code: "E_EXPR_FORBIDDEN", message, offset, length };
  }
  const name: unknown = node.type === "function" ? node.procedure?.value : undefined;
  if (typeof name !== "string" || !Object.hasOwn(REFUSED, name)) return undefined;
  const length = name.length + 1;
  const offset = Math.max(0, source.lastIndexOf(`$${name}`, node.position ?? source.length));
  return { code: "E_EXPR_FORBIDDEN", message: `$${name}() is not available: ${REFUSED[name]}`, offset, length };
}

/** Stack overflow, too long a time, a list too large: the codes of JSONata for its own limits. */
const LIMIT_CODES = new Set(["D1011", "D1012", "D2014", "D2015", "U1001"]);

function failureOf(error: unknown): unknown {
  if (error instanceof RangeError)
    return nanobrainError("E_TRANSFORM_LIMIT", { what: "it ran out of space" }, { cause: error });
  const { code, message, position } = error as Partial<jsonata.JsonataError>;
  if (code?.startsWith("E_") === true) return error;
  const place = position === undefined ? "" : ` (at character ${position})`;
  const what = `${message ?? "it cannot be evaluated"}${place}`;
  return nanobrainError(LIMIT_CODES.has(code ?? "") ? "E_TRANSFORM_LIMIT" : "E_TRANSFORM", { what });
}
