import type { ASTNode } from "@marcbachmann/cel-js";
import type { Json } from "../contracts/json.js";
import type { Fault, Kind, Scope } from "./condition-value.js";

export type ConditionCode = "E_EXPR_SYNTAX" | "E_EXPR_FORBIDDEN" | "E_EXPR_NAME" | "E_EXPR_TYPE" | "E_EXPR_LIMIT";

/** What is wrong with a condition. `offset` and `length` count UTF-16 units of the source. */
export type ConditionProblem = {
  readonly code: ConditionCode;
  readonly message: string;
  readonly offset?: number;
  readonly length?: number;
  readonly hint?: string;
};

/** A piece of a compiled condition. `nodes` is its size, the cost of one evaluation. */
export type Part = { readonly kind: Kind; readonly nodes: number; run(scope: Scope): Json | Fault };

/** A chain of field names that starts at the value: `a.b`, `value.a.b`. `first` is where its first name stands in the translated text. */
export type PathUse = { readonly path: readonly string[]; readonly first: number };

/** What one compilation gathers. */
export type Compiler = {
  readonly source: string;
  readonly offsets: readonly number[];
  readonly problems: ConditionProblem[];
  /** Names of the macros' own variables, outermost first: their slots in `Scope.locals`. */
  readonly locals: string[];
  readonly uses: PathUse[];
  /** Paths that `has()` asks for: they may be missing. */
  readonly asked: PathUse[];
};

/** Where a stretch of the translated text lies in the source. */
export function placeOf(compiler: Compiler, start: number, end: number): { offset: number; length: number } {
  const offset = compiler.offsets[start] ?? compiler.source.length;
  const last = compiler.offsets[Math.max(start, end - 1)];
  const until = last === undefined ? compiler.source.length : last + 1;
  return { offset, length: Math.max(0, Math.min(until, compiler.source.length) - offset) };
}

export function slice(compiler: Compiler, node: ASTNode): string {
  const { offset, length } = placeOf(compiler, node.start, node.end);
  const text = compiler.source.slice(offset, offset + length);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

export function note(compiler: Compiler, code: ConditionCode, node: ASTNode, message: string, hint?: string): void {
  const start = node.op === "." || node.op === "id" ? (node.pos ?? node.start) : node.start;
  compiler.problems.push({
    code,
    message,
    ...placeOf(compiler, start, node.end),
    ...(hint === undefined ? {} : { hint }),
  });
}
