import type { ASTNode } from "@marcbachmann/cel-js";
import type { Json } from "../contracts/json.js";
import { type Compiler, note, type Part } from "./condition-compiler.js";
import { Fault, isForbiddenName, isList, isMap, kindOf, kindWords, type Scope, spend } from "./condition-value.js";

export type MacroCall = {
  readonly node: ASTNode;
  readonly name: string;
  readonly receiver: ASTNode | undefined;
  readonly args: readonly ASTNode[];
  readonly compiler: Compiler;
  compile(node: ASTNode, compiler: Compiler): Part;
};

/** Macros within macros; deeper ones cost a power of the list's length. */
export const MAX_NESTING = 2;

const LOOPS = ["all", "exists", "exists_one", "filter", "map"];

export function isMacro(name: string, isMethod: boolean): boolean {
  return isMethod ? LOOPS.includes(name) : name === "has";
}

export function compileMacro(call: MacroCall): Part {
  return call.name === "has" ? has(call) : loop(call);
}

const refusedPart: Part = { kind: "any", nodes: 1, run: () => false };

/** `has(a.b)`: true if it can be read. A missing owner makes it false, too. */
function has({ node, args, compiler, compile }: MacroCall): Part {
  const [asked] = args;
  if (args.length !== 1 || asked === undefined || ![".", "[]", "id"].includes(asked.op)) {
    note(compiler, "E_EXPR_TYPE", node, "has() asks for one field", "write has(a.b)");
    return refusedPart;
  }
  const before = compiler.uses.length;
  const inner = compile(asked, compiler);
  compiler.asked.push(...compiler.uses.splice(before));
  const run = (scope: Scope): Json | Fault => {
    const value = inner.run(scope);
    return value instanceof Fault && value.cause !== "missing" ? value : !(value instanceof Fault);
  };
  return { kind: "bool", nodes: inner.nodes + 1, run };
}

function loop(call: MacroCall): Part {
  const { node, name, receiver, args, compiler, compile } = call;
  const [variable, ...bodies] = args;
  const wanted = name === "map" ? [1, 2] : [1];
  if (receiver === undefined || variable?.op !== "id" || !wanted.includes(bodies.length)) {
    note(compiler, "E_EXPR_TYPE", node, `${name}() takes a name and an expression`, `write list.${name}(x, x > 1)`);
    return refusedPart;
  }
  if (isForbiddenName(variable.args)) note(compiler, "E_EXPR_FORBIDDEN", variable, `${variable.args} cannot be a name`);
  const range = compile(receiver, compiler);
  if (!["any", "list", "map"].includes(range.kind)) {
    note(compiler, "E_EXPR_TYPE", receiver, `${name}() is not for ${kindWords(range.kind)}`);
  }
  if (compiler.locals.length >= MAX_NESTING) {
    note(compiler, "E_EXPR_LIMIT", node, `${name}() is nested deeper than ${MAX_NESTING} levels`);
    return refusedPart;
  }
  compiler.locals.push(variable.args);
  const parts = bodies.map((body) => compile(body, compiler));
  compiler.locals.pop();
  checkBodies(call, bodies, parts);
  return looping(name, range, parts, compiler.locals.length);
}

function checkBodies({ name, compiler }: MacroCall, bodies: readonly ASTNode[], parts: readonly Part[]): void {
  const tests = name === "map" ? parts.length - 1 : parts.length;
  for (let i = 0; i < tests; i++) {
    const kind = parts[i]?.kind ?? "any";
    const body = bodies[i];
    if (body !== undefined && kind !== "bool" && kind !== "any") {
      note(compiler, "E_EXPR_TYPE", body, `${name}() asks for true or false, here is ${kindWords(kind)}`);
    }
  }
}

type Rounds = { readonly items: readonly Json[]; readonly slot: number; readonly nodes: number; readonly scope: Scope };

function looping(name: string, range: Part, parts: readonly Part[], slot: number): Part {
  const nodes = parts.reduce((sum, part) => sum + part.nodes, 1);
  const body = parts.at(-1) ?? refusedPart;
  const run = (scope: Scope): Json | Fault => {
    const found = range.run(scope);
    if (found instanceof Fault) return found;
    const items = isList(found) ? found : isMap(found) ? Object.keys(found) : undefined;
    if (items === undefined) return new Fault("failed", `${name}() cannot be done on ${kindWords(kindOf(found))}`);
    const rounds = { items, slot, nodes, scope };
    if (name === "map") return mapped(rounds, parts.length === 2 ? parts[0] : undefined, body);
    if (name === "filter") return filtered(rounds, body);
    return name === "exists_one" ? exactlyOne(rounds, body) : quantified(rounds, body, name === "exists");
  };
  return { kind: name === "map" || name === "filter" ? "list" : "bool", nodes: range.nodes + nodes, run };
}

/** The body's value for one item, or the fault of an empty budget. */
function round(rounds: Rounds, body: Part, item: Json): Json | Fault {
  const over = spend(rounds.scope, rounds.nodes);
  if (over !== undefined) return over;
  rounds.scope.locals[rounds.slot] = item;
  return body.run(rounds.scope);
}

function test(rounds: Rounds, body: Part, item: Json): boolean | Fault {
  const value = round(rounds, body, item);
  if (value instanceof Fault || typeof value === "boolean") return value;
  return new Fault("failed", `a test over a list is ${kindWords(kindOf(value))}, true or false is expected`);
}

function mapped(rounds: Rounds, filter: Part | undefined, body: Part): Json | Fault {
  const made: Json[] = [];
  for (const item of rounds.items) {
    const kept = filter === undefined ? true : test(rounds, filter, item);
    if (kept instanceof Fault) return kept;
    if (!kept) continue;
    const value = round(rounds, body, item);
    if (value instanceof Fault) return value;
    made.push(value);
  }
  return made;
}

function filtered(rounds: Rounds, body: Part): Json | Fault {
  const made: Json[] = [];
  for (const item of rounds.items) {
    const kept = test(rounds, body, item);
    if (kept instanceof Fault) return kept;
    if (kept) made.push(item);
  }
  return made;
}

function exactlyOne(rounds: Rounds, body: Part): Json | Fault {
  let count = 0;
  for (const item of rounds.items) {
    const holds = test(rounds, body, item);
    if (holds instanceof Fault) return holds;
    if (holds) count++;
  }
  return count === 1;
}

/** `exists` (decided by a true) and `all` (decided by a false): a fault counts only if no item decides. */
function quantified(rounds: Rounds, body: Part, decides: boolean): Json | Fault {
  let fault: Fault | undefined;
  for (const item of rounds.items) {
    const holds = test(rounds, body, item);
    if (holds === decides) return decides;
    if (!(holds instanceof Fault)) continue;
    if (holds.cause === "limit") return holds;
    fault ??= holds;
  }
  return fault ?? !decides;
}
