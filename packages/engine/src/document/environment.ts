import { budgets } from "./budgets.js";
import type { Path } from "./document.js";
import type { Loading } from "./loading.js";
import type { Node, ScalarNode } from "./node.js";
import { plainValue } from "./plain-value.js";
import { sha256 } from "./sha256.js";
import type { Span } from "./source.js";

/** `$${`, or `${` up to its brace. */
const reference = /\$\$\{(?:secret:)?|\$\{([^}]*)(\})?/g;

type Piece = { readonly text: string } | { readonly problem: string; readonly hint: string };

/**
 * Puts environment variables into the texts of a tree, in place and once. What comes in stays inside its text: it is never
 * parsed as YAML, never a key, and not looked through for further references. A text that is one reference and nothing else,
 * and reads like a number or boolean, becomes that value and keeps its text beside it (`environmentText`).
 */
export function resolveEnvironment(loading: Loading, node: Node, path: Path): void {
  switch (node.kind) {
    case "scalar":
      resolveScalar(loading, node, path);
      return;
    case "list":
      for (const [i, item] of node.items.entries()) if (mayRefer(item)) resolveEnvironment(loading, item, [...path, i]);
      return;
    case "map":
      for (const [name, { value }] of node.entries) {
        if (mayRefer(value)) resolveEnvironment(loading, value, [...path, name]);
      }
  }
}

function mayRefer(node: Node): boolean {
  return node.kind !== "scalar" || (typeof node.value === "string" && node.value.includes("${"));
}

function resolveScalar(loading: Loading, node: ScalarNode, path: Path): void {
  if (node.resolved === true || typeof node.value !== "string") return;
  node.resolved = true;
  const written = node.value;
  let faulty = false;
  const text = written.replace(
    reference,
    (whole: string, inner: string | undefined, brace: string | undefined, index: number) => {
      const piece = pieceFor(loading, node, whole, inner, brace);
      if ("text" in piece) return piece.text;
      faulty = true;
      const code = piece.hint === "" ? "E_LIMIT" : "E_ENV";
      const span = spanOf(node, index, whole.length);
      loading.faults.add(node.source, {
        code,
        span,
        path,
        message: piece.problem,
        ...(piece.hint === "" ? {} : { hint: piece.hint }),
      });
      return "";
    },
  );
  if (faulty) {
    node.faulty = true;
    node.value = null;
    return;
  }
  node.value = text;
  if (node.referring === true && /^\$\{[^}]*\}$/.test(written)) readAsScalar(node, text);
}

function readAsScalar(node: ScalarNode, text: string): void {
  const meant = plainValue(text);
  if (!("value" in meant) || meant.value === null || typeof meant.value === "string") return;
  node.value = meant.value;
  node.environmentText = text;
}

function pieceFor(
  loading: Loading,
  node: ScalarNode,
  whole: string,
  inner: string | undefined,
  brace: string | undefined,
): Piece {
  if (whole === "$${") return { text: "${" };
  if (inner === undefined) {
    return {
      problem: "A plain ${secret:...} cannot be written: it would be taken for a secret",
      hint: "leave a space before the name",
    };
  }
  if (brace === undefined)
    return {
      problem: "Environment reference is not closed: } is missing",
      hint: "write ${NAME}, or $${ for a plain ${",
    };
  if (inner.startsWith("secret:")) return secret(whole, inner.slice(7));
  const parts = /^([A-Z_][A-Z0-9_]*)(?::-([^$]*))?$/.exec(inner);
  const [, name, fallback] = parts ?? [];
  if (name === undefined) {
    return {
      problem: `${shown(whole)} is no environment reference`,
      hint: "write ${NAME} or ${NAME:-default} in capitals, or $${ for a plain ${",
    };
  }
  node.referring = true;
  return variable(loading, name, fallback);
}

function secret(whole: string, name: string): Piece {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return { text: whole };
  return { problem: `${shown(whole)} names no secret`, hint: "write ${secret:NAME} with letters, digits and _" };
}

function variable(loading: Loading, name: string, fallback: string | undefined): Piece {
  const { used } = loading;
  if (++used.environmentReferences > budgets.environmentReferences) {
    return { problem: `The document has more than ${budgets.environmentReferences} environment references`, hint: "" };
  }
  const value = loading.reader.environment(name);
  if (!loading.environment.has(name)) loading.environment.set(name, value === undefined ? null : sha256(value));
  const text = value === undefined || (value === "" && fallback !== undefined) ? fallback : value;
  if (text === undefined) {
    const hint = `set it, or give a default: \${${name}:-default}`;
    return { problem: `Environment variable ${name} is not set`, hint };
  }
  if (text.includes("${secret:")) {
    const hint = "write ${secret:NAME} in the document itself";
    return { problem: `Environment variable ${name} holds a secret reference, which is not followed`, hint };
  }
  used.environmentCharacters += text.length;
  if (used.environmentCharacters <= budgets.environmentCharacters) return { text };
  return { problem: `Environment variables put in more than ${budgets.environmentCharacters} characters`, hint: "" };
}

function shown(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function spanOf(node: ScalarNode, index: number, length: number): Span {
  if (node.textStart === undefined) return node;
  return { start: node.textStart + index, end: node.textStart + index + length };
}
