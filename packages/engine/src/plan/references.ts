import type { Path } from "../document/document.js";
import { fault, type Scope } from "./compilation.js";
import { type Draft, type NodeDraft, newPort } from "./draft.js";
import { nameHint } from "./hint.js";

export type Port = { readonly node: number; readonly port: string };

/** The port of failures, which every step has. */
export const errorPort = "error";

const split = (text: string): readonly [name: string, port: string | undefined] => {
  const dot = text.indexOf(".");
  return dot === -1 ? [text, undefined] : [text.slice(0, dot), text.slice(dot + 1)];
};

/** Where a link's value comes from: `step.port` or a unit. Undefined: there is no such thing, reported. */
export function resolveSource(scope: Scope, draft: Draft, text: string, at: Path): Port | undefined {
  const [name, port] = split(text);
  const whole = draft.byName.get(text);
  if (whole?.kind === "unit") return { node: whole.index, port: "value" };
  const node = draft.byName.get(name) ?? draft.outputsByName.get(name);
  if (node === undefined) return unknownName(scope, draft, text, name, at);
  if (node.kind !== "step") return unitPort(scope, node, port, at);
  if (port === undefined) return portMissing(scope, node, [...node.outs.keys()], "output", at);
  if (!node.outs.has(port) && port !== errorPort) {
    if (node.known && !node.openOutputs)
      return unknownPort(scope, node, port, [...node.outs.keys(), errorPort], "output", at);
    node.outs.set(port, { name: port, optional: true });
  }
  node.namedOuts.add(port);
  return { node: node.index, port };
}

/** Where a link leads: `step.port`, a unit or an output. Undefined: nowhere, reported. */
export function resolveTarget(scope: Scope, draft: Draft, text: string, at: Path): Port | undefined {
  const [name, port] = split(text);
  const inner = draft.byName.get(name);
  const node = inner === undefined || inner.setBy === "outside" ? (draft.outputsByName.get(name) ?? inner) : inner;
  if (node === undefined) return unknownName(scope, draft, text, name, at);
  if (node.kind === "output") return unitPort(scope, node, port, at);
  if (node.unit !== undefined) return innerUnit(scope, node, port, at);
  if (port === undefined) return portMissing(scope, node, [...node.ports.keys()], "input", at);
  if (!node.ports.has(port)) {
    if (node.known && !node.openInputs) return unknownPort(scope, node, port, [...node.ports.keys()], "input", at);
    node.ports.set(port, newPort(port));
  }
  return { node: node.index, port };
}

function innerUnit(scope: Scope, node: NodeDraft, port: string | undefined, at: Path): Port | undefined {
  const role = node.unit?.role;
  if (role !== "parameter" && node.setBy === "links") return unitPort(scope, node, port, at);
  const message = `Cannot link to ${node.name}: ${role === "parameter" ? "a parameter" : "an input"} is set from outside only`;
  fault(scope, "E_CONFLICT", at, message, { hint: "use a data unit of role result in between" });
  return undefined;
}

function unitPort(scope: Scope, node: NodeDraft, port: string | undefined, at: Path): Port | undefined {
  if (port === undefined) return { node: node.index, port: "value" };
  const hint = `write "${node.name}"; a TransformLink takes a field out of it`;
  fault(scope, "E_REF", at, `Data unit ${node.name} has no port "${port}"`, { hint });
  return undefined;
}

function portMissing(scope: Scope, node: NodeDraft, ports: readonly string[], side: string, at: Path): undefined {
  const choices = ports.slice(0, 8).map((port) => `${node.name}.${port}`);
  const hint = choices.length === 0 ? `write ${node.name}.NAME` : `write ${choices.join(" or ")}`;
  fault(scope, "E_REF", at, `"${node.name}" is a step: its ${side} port must be named too`, { hint });
}

function unknownPort(
  scope: Scope,
  node: NodeDraft,
  port: string,
  ports: readonly string[],
  side: "input" | "output",
  at: Path,
): undefined {
  const map = node.step?.entry.forEach;
  const hint =
    port === map?.as
      ? { hint: `for_each feeds it; link to ${node.name}.${map.over}` }
      : nameHint(scope.compilation, port, ports);
  fault(scope, "E_PORT", at, `Step ${node.name} has no ${side} "${port}"`, hint);
}

export function unknownName(scope: Scope, draft: Draft, text: string, name: string, at: Path): undefined {
  if (scope.compilation.diagnosticsLeft.error <= 0) return;
  const names = [...draft.byName.keys(), ...draft.outputsByName.keys()];
  const what =
    text === name ? `"${name}" is neither a step nor a data unit` : `there is no step "${name}" for "${text}"`;
  fault(scope, "E_REF", at, what, nameHint(scope.compilation, name, names));
}
