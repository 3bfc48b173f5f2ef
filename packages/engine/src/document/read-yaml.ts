import type { Json } from "../contracts/json.js";
import type { Node } from "./node.js";
import { readSource } from "./read-source.js";
import { makeSource, placeOf } from "./source.js";

/** A YAML text as data, or where it cannot be read and why. It is read as documents are, with their budgets. */
export function readYaml(file: string, text: string): { readonly value: Json } | { readonly problem: string } {
  const source = makeSource(file, text, []);
  const { root, faults } = readSource(source);
  const [fault] = faults;
  if (fault !== undefined) {
    const { line, column } = placeOf(source, fault.span);
    return { problem: `line ${line}, column ${column}: ${fault.message}` };
  }
  return { value: root === undefined ? null : plainOf(root) };
}

function plainOf(node: Node): Json {
  switch (node.kind) {
    case "scalar":
      return node.value;
    case "list":
      return node.items.map(plainOf);
    case "map":
      return Object.fromEntries([...node.entries].map(([key, { value }]) => [key, plainOf(value)]));
  }
}
