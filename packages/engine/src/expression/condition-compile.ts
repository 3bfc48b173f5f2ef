import type { ASTNode } from "@marcbachmann/cel-js";
import type { Json } from "../contracts/json.js";
import { type Compiler, note, type Part, slice } from "./condition-compiler.js";
import { functions } from "./condition-functions.js";
import { compileMacro, isMacro } from "./condition-macros.js";
import { operators } from "./condition-operators.js";
import { orMissing, readElement } from "./condition-read.js";
import { noteUnknown } from "./condition-unknown.js";
import { Fault, fieldOf, isForbiddenName, type Kind, kindOf, kindWords, type Scope } from "./condition-value.js";

/**
 * Turns a parsed condition into a function of plain closures. What is wrong is noted, all of it, in `compiler.problems`.
 * I1. Data is only read by own field or list position. I2. No method of a value is called by a name of the condition.
 */
export function compile(node: ASTNode, compiler: Compiler): Part {
  switch (node.op) {
    case "value":
      return literal(node, node.args, compiler);
    case "id":
      return identifier(node, node.args, compiler);
    case ".":
      return field(node, node.args[0], node.args[1], compiler);
    case "[]":
      return element(node, node.args[0], node.args[1], compiler);
    case "list":
      return list(node.args.map((item) => compile(item, compiler)));
    case "map":
      return map(node, node.args, compiler);
    case "call":
      return call(node, node.args[0], undefined, node.args[1], compiler);
    case "rcall":
      return call(node, node.args[0], node.args[1], node.args[2], compiler);
    case "?:":
      return choice(node.args, compiler);
    case "||":
    case "&&":
      return junction(node.op === "||", node.args, compiler);
    case "!_":
    case "-_":
      return unary(node.op, node.args, compiler);
    case ".?":
    case "[?]":
      return refused(node, compiler, "Optional access is not part of conditions", "Test the field with has(...).");
    default:
      return binary(node, node.op, node.args, compiler);
  }
}

const part = (kind: Kind, nodes: number, run: (scope: Scope) => Json | Fault): Part => ({ kind, nodes, run });

const nothing: Part = part("any", 1, () => null);

function refused(node: ASTNode, compiler: Compiler, message: string, hint?: string): Part {
  note(compiler, "E_EXPR_FORBIDDEN", node, message, hint);
  return nothing;
}

function literal(node: ASTNode, value: unknown, compiler: Compiler): Part {
  if (value instanceof Uint8Array) return refused(node, compiler, "Bytes are not part of conditions");
  const json =
    typeof value === "bigint" || (typeof value === "object" && value !== null) ? Number(value) : (value as Json);
  if (typeof json === "number" && typeof value !== "number" && !Number.isSafeInteger(json)) {
    note(
      compiler,
      "E_EXPR_TYPE",
      node,
      `${slice(compiler, node)} is too large to be exact`,
      "Numbers are doubles: whole numbers are exact up to 9007199254740991.",
    );
  }
  return part(kindOf(json), 1, () => json);
}

const MISSPELT: { readonly [name: string]: string } = {
  True: "true",
  TRUE: "true",
  False: "false",
  FALSE: "false",
  None: "null",
  NULL: "null",
  undefined: "null",
  AND: "and",
  OR: "or",
  NOT: "not",
};

function identifier(node: ASTNode, name: string, compiler: Compiler): Part {
  const slot = compiler.locals.lastIndexOf(name);
  if (slot !== -1) return part("any", 1, (scope) => scope.locals[slot] ?? null);
  if (name === "value") return part("any", 1, (scope) => scope.value);
  if (isForbiddenName(name)) return refused(node, compiler, `${name} cannot be reached by conditions`);
  const meant = Object.hasOwn(MISSPELT, name) ? MISSPELT[name] : undefined;
  if (meant !== undefined)
    note(compiler, "E_EXPR_NAME", node, `${name} is no word of conditions`, `did you mean ${meant}?`);
  compiler.uses.push({ path: [name], first: node.start });
  return part("any", 1, (scope) => orMissing(fieldOf(scope.value, name), name, scope.value, "the value"));
}

/** The names of a chain such as `a.b.c` that starts at the value; undefined for anything else. */
function staticPath(node: ASTNode, compiler: Compiler): string[] | undefined {
  if (node.op === "id") {
    if (compiler.locals.includes(node.args)) return undefined;
    return node.args === "value" ? [] : [node.args];
  }
  if (node.op !== ".") return undefined;
  const before = staticPath(node.args[0], compiler);
  return before === undefined ? undefined : [...before, node.args[1]];
}

function field(node: ASTNode, owner: ASTNode, name: string, compiler: Compiler): Part {
  if (isForbiddenName(name)) return refused(node, compiler, `${name} cannot be reached by conditions`);
  const before = compiler.uses.length;
  const from = compile(owner, compiler);
  const path = staticPath(node, compiler);
  if (path !== undefined) {
    const first = compiler.uses[before]?.first ?? node.pos;
    compiler.uses.splice(before, compiler.uses.length, { path, first });
  }
  if (from.kind !== "any" && from.kind !== "map") {
    note(compiler, "E_EXPR_TYPE", node, `${slice(compiler, owner)} is ${kindWords(from.kind)} and has no fields`);
  }
  return part("any", from.nodes + 1, readField(from, name, slice(compiler, node), slice(compiler, owner)));
}

function readField(from: Part, name: string, path: string, ownerName: string): Part["run"] {
  return (scope) => {
    const owner = from.run(scope);
    if (owner instanceof Fault) return owner;
    return orMissing(fieldOf(owner, name), path, owner, ownerName);
  };
}

function element(node: ASTNode, owner: ASTNode, index: ASTNode, compiler: Compiler): Part {
  if (index.op === "value" && typeof index.args === "string" && isForbiddenName(index.args)) {
    return refused(node, compiler, `${index.args} cannot be reached by conditions`);
  }
  const from = compile(owner, compiler);
  const at = compile(index, compiler);
  const ownerName = slice(compiler, owner);
  return part("any", from.nodes + at.nodes + 1, (scope) => {
    const container = from.run(scope);
    if (container instanceof Fault) return container;
    const key = at.run(scope);
    return key instanceof Fault ? key : readElement(container, key, ownerName);
  });
}

function list(items: readonly Part[]): Part {
  const nodes = items.reduce((sum, item) => sum + item.nodes, 1);
  return part("list", nodes, (scope) => runAll(items, scope));
}

function runAll(parts: readonly Part[], scope: Scope): Json[] | Fault {
  const values: Json[] = [];
  for (const item of parts) {
    const value = item.run(scope);
    if (value instanceof Fault) return value;
    values.push(value);
  }
  return values;
}

function map(node: ASTNode, entries: readonly (readonly [ASTNode, ASTNode])[], compiler: Compiler): Part {
  const keys = entries.map(([key]) => compile(key, compiler));
  const values = entries.map(([, value]) => compile(value, compiler));
  if (keys.some((key) => key.kind !== "string" && key.kind !== "any"))
    note(compiler, "E_EXPR_TYPE", node, "The keys of a map must be text");
  const nodes = [...keys, ...values].reduce((sum, each) => sum + each.nodes, 1);
  return part("map", nodes, (scope) => {
    const names = runAll(keys, scope);
    if (names instanceof Fault) return names;
    const fields = runAll(values, scope);
    if (fields instanceof Fault) return fields;
    const made: { [key: string]: Json } = Object.create(null);
    for (const [i, name] of names.entries()) {
      if (typeof name !== "string" || isForbiddenName(name)) return new Fault("failed", "a map's key must be text");
      made[name] = fields[i] ?? null;
    }
    return made;
  });
}

function choice(args: readonly [ASTNode, ASTNode, ASTNode], compiler: Compiler): Part {
  const condition = boolean(args[0], compiler);
  const yes = compile(args[1], compiler);
  const no = compile(args[2], compiler);
  return part(yes.kind === no.kind ? yes.kind : "any", condition.nodes + yes.nodes + no.nodes + 1, (scope) => {
    const holds = condition.run(scope);
    if (holds instanceof Fault) return holds;
    return holds === true ? yes.run(scope) : no.run(scope);
  });
}

/** A part that gives true, false or a fault. */
function boolean(node: ASTNode, compiler: Compiler): Part {
  const inner = compile(node, compiler);
  if (inner.kind === "bool") return inner;
  const text = slice(compiler, node);
  if (inner.kind !== "any")
    note(compiler, "E_EXPR_TYPE", node, `${text} is ${kindWords(inner.kind)}, true or false is expected`);
  return part("bool", inner.nodes, (scope) => {
    const value = inner.run(scope);
    if (value instanceof Fault || typeof value === "boolean") return value;
    return new Fault("failed", `${text} is ${kindWords(kindOf(value))}, true or false is expected`);
  });
}

/** `||` and `&&`: one side that decides is enough, even if the other has a fault. */
function junction(decides: boolean, args: readonly [ASTNode, ASTNode], compiler: Compiler): Part {
  const left = boolean(args[0], compiler);
  const right = boolean(args[1], compiler);
  return part("bool", left.nodes + right.nodes + 1, (scope) => {
    const first = left.run(scope);
    if (first === decides || (first instanceof Fault && first.cause === "limit")) return first;
    const second = right.run(scope);
    if (second === decides || (second instanceof Fault && second.cause === "limit")) return second;
    return first instanceof Fault ? first : second;
  });
}

function unary(op: "!_" | "-_", operand: ASTNode, compiler: Compiler): Part {
  if (op === "!_") {
    const inner = boolean(operand, compiler);
    return part("bool", inner.nodes + 1, (scope) => {
      const value = inner.run(scope);
      return value instanceof Fault ? value : value !== true;
    });
  }
  const inner = compile(operand, compiler);
  if (inner.kind !== "any" && inner.kind !== "number")
    note(compiler, "E_EXPR_TYPE", operand, `- is not for ${kindWords(inner.kind)}`);
  return part("number", inner.nodes + 1, (scope) => {
    const value = inner.run(scope);
    if (value instanceof Fault || typeof value === "number") return value instanceof Fault ? value : -value;
    return new Fault("failed", `- cannot be done on ${kindWords(kindOf(value))}`);
  });
}

function binary(node: ASTNode, symbol: string, args: readonly [ASTNode, ASTNode], compiler: Compiler): Part {
  const operator = operators[symbol];
  if (operator === undefined) return refused(node, compiler, `${symbol} is not part of conditions`);
  const left = compile(args[0], compiler);
  const right = compile(args[1], compiler);
  if (!operator.accepts(left.kind, right.kind)) {
    note(
      compiler,
      "E_EXPR_TYPE",
      node,
      `${symbol} cannot be done on ${kindWords(left.kind)} and ${kindWords(right.kind)}`,
    );
  }
  const sum = left.kind === "any" ? right.kind : left.kind;
  return part(symbol === "+" ? sum : operator.result, left.nodes + right.nodes + 1, (scope) => {
    const first = left.run(scope);
    if (first instanceof Fault) return first;
    const second = right.run(scope);
    return second instanceof Fault ? second : operator.apply(first, second, scope);
  });
}

function call(
  node: ASTNode,
  name: string,
  receiver: ASTNode | undefined,
  args: readonly ASTNode[],
  compiler: Compiler,
): Part {
  if (isMacro(name, receiver !== undefined)) return compileMacro({ node, name, receiver, args, compiler, compile });
  const known = Object.hasOwn(functions, name) ? functions[name] : undefined;
  const operands = receiver === undefined ? args : [receiver, ...args];
  const parts = operands.map((operand) => compile(operand, compiler));
  if (known === undefined) {
    noteUnknown(node, name, receiver !== undefined, compiler);
    return nothing;
  }
  const fits = known.form === "both" || (known.form === "method") === (receiver !== undefined);
  if (!fits || parts.length !== known.arity) {
    const shape = known.form === "method" ? `x.${name}(${known.arity === 2 ? "y" : ""})` : `${name}(x)`;
    note(compiler, "E_EXPR_TYPE", node, `${name}() is not written this way`, `write ${shape}`);
    return nothing;
  }
  const [first, second] = parts;
  if (first === undefined) return nothing;
  if (first.kind !== "any" && !known.takes.includes(first.kind))
    note(compiler, "E_EXPR_TYPE", node, `${name}() is not for ${kindWords(first.kind)}`);
  return part(
    known.result,
    parts.reduce((sum, each) => sum + each.nodes, 1),
    (scope) => {
      const one = first.run(scope);
      if (one instanceof Fault) return one;
      const two = second?.run(scope) ?? null;
      return two instanceof Fault ? two : known.apply(one, two, scope);
    },
  );
}
