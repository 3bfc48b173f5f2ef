import type { JsonSchema } from "../contracts/json.js";
import { fault, type Scope } from "./compilation.js";
import type { Draft, LinkDraft } from "./draft.js";
import { portTypeProblem } from "./port-type.js";
import { errorPort } from "./references.js";

/** What a link's source sends, before any transform. */
export function sourceSchema(draft: Draft, link: LinkDraft): JsonSchema | undefined {
  return draft.nodes[link.from.node]?.outs.get(link.from.port)?.carried;
}

/** Compares port types along every link. */
export function checkTypes(scope: Scope, draft: Draft): void {
  for (const link of draft.links) checkLink(scope, draft, link);
}

function checkLink(scope: Scope, draft: Draft, link: LinkDraft): void {
  const port = draft.nodes[link.to.node]?.ports.get(link.to.port);
  const given = sourceSchema(draft, link);
  if (link.kind === "transform") {
    report(scope, draft, link, portTypeProblem(given, link.inputSchema), link.sourcePath);
    report(scope, draft, link, portTypeProblem(link.result, port?.schema), link.targetPath);
    return;
  }
  const sent = link.each ? itemsOf(given) : given;
  const hint = "a TransformLink in between changes the value";
  // A list collects the values of all links, so one value says nothing about it.
  const expected = port?.merge === "list" || port?.merge === "collect" ? itemsOf(port.schema) : port?.schema;
  if (link.from.port === errorPort && given === undefined) return;
  report(scope, draft, link, portTypeProblem(sent, expected), link.targetPath, hint);
}

function itemsOf(schema: JsonSchema | undefined): JsonSchema | undefined {
  return typeof schema === "object" ? (schema["items"] as JsonSchema | undefined) : undefined;
}

function report(
  scope: Scope,
  draft: Draft,
  link: LinkDraft,
  problem: string | undefined,
  at: LinkDraft["path"],
  hint?: string,
): void {
  if (problem === undefined) return;
  const message = `Cannot link ${portName(draft, link.from)} to ${portName(draft, link.to)}: ${problem}`;
  fault(scope, "E_PORT_TYPE", at, message, hint === undefined ? {} : { hint });
}

/** `step.port`, or a unit's name. */
export function portName(draft: Draft, end: LinkDraft["from"]): string {
  const node = draft.nodes[end.node];
  if (node === undefined) return end.port;
  return node.kind === "step" ? `${node.name}.${end.port}` : node.name;
}
