import type { JsonObject } from "../contracts/json.js";
import { checkSchema, problemText, validateValue } from "../expression/json-schema.js";
import { canonicalJson } from "./canonical-json.js";
import type { Wiring } from "./check-cycles.js";
import { fault, type Scope, warn } from "./compilation.js";
import type { Draft, NodeDraft } from "./draft.js";
import { oftenFed, unevenPorts } from "./often-fed.js";
import { mayAsk, waitOf } from "./waiting.js";

/** Steps that would run more seldom or more often than they look. */
export function checkFirings(scope: Scope, draft: Draft, order: Wiring): void {
  const often = oftenFed(draft, order);
  for (const node of draft.nodes) {
    if (node.kind !== "step" || node.triggered) continue;
    checkPairs(scope, draft, order, often, node);
    checkClosed(scope, draft, node);
  }
}

function checkPairs(scope: Scope, draft: Draft, order: Wiring, often: readonly boolean[], node: NodeDraft): void {
  const found = unevenPorts(draft, order, often, node);
  if (found === undefined) return;
  const { once, many } = found;
  const message = `Step ${node.name} takes one value from each port: ${many.name} gets many, ${once.name} only one`;
  const hint = `set hold: true on input ${once.name}`;
  const link = draft.links[once.links[0] ?? -1];
  warn(scope, "W_CONFLICT", once.path ?? link?.targetPath ?? node.path, message, { hint, part: "key" });
}

/** All that leads there may be closed, and the step needs none of it. */
function checkClosed(scope: Scope, draft: Draft, node: NodeDraft): void {
  const ports = [...node.ports.values()].filter((port) => port.links.length > 0);
  const gates = ports.flatMap((port) => port.links.map((link) => draft.links[link]));
  if (gates.length === 0 || !gates.every((link) => link?.kind === "conditional" && link.otherwise === "skip")) return;
  if (!ports.every((port) => port.optional || port.default !== undefined)) return;
  const message = `Step ${node.name} runs although every link to it is closed: none of its inputs is required`;
  warn(scope, "W_CONFLICT", gates[0]?.targetPath ?? node.path, message, {
    hint: "let one of them be required: no default, not optional",
  });
}

/** What a document says about waiting: only steps that wait can run out of time without having failed. */
export async function checkWaits(scope: Scope, draft: Draft): Promise<void> {
  for (const node of draft.nodes) {
    const entry = node.step?.entry;
    if (entry === undefined || entry.onTimeout === undefined || !node.known) continue;
    const at = [...entry.path, "on_timeout"];
    const waits = waitOf(node.step?.component) ?? waitOf(node.step?.fallback);
    if (waits === undefined && !mayAsk(node.step?.component) && !mayAsk(node.step?.fallback)) {
      const message = `on_timeout belongs to steps that wait, and ${node.name} waits for nothing`;
      fault(scope, "E_CONFLICT", at, message, {
        hint: "a fallback stands in for a step whose time is up",
        part: "key",
      });
    } else if (entry.timeoutMs === undefined) {
      const message = `on_timeout of ${node.name} has no effect: the step has no timeout`;
      warn(scope, "W_CONFLICT", at, message, { hint: "add timeout: 24h", part: "key" });
    }
    if (waits === "person") await checkDecision(scope, node, at);
  }
}

/** The answer that time gives must be one that a person could give. */
async function checkDecision(scope: Scope, node: NodeDraft, at: readonly (string | number)[]): Promise<void> {
  const { component, entry, fallback } = node.step ?? {};
  const asking = waitOf(component) === "person" ? component : fallback;
  const decision = entry?.onTimeout ?? null;
  const { choices, schema } = asking?.config ?? {};
  if (Array.isArray(choices) && !choices.some((choice) => canonicalJson(choice) === canonicalJson(decision))) {
    const list = choices.map((choice) => JSON.stringify(choice)).join(", ");
    const message = `on_timeout of ${node.name} is ${JSON.stringify(decision)}: one of its choices is expected`;
    fault(scope, "E_ENUM", at, message, { hint: `the choices are ${list}` });
  }
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) return;
  const answer = schema as JsonObject;
  if ((await checkSchema(answer)).length > 0) return;
  const [problem] = await validateValue(answer, decision);
  if (problem === undefined) return;
  fault(
    scope,
    "E_TYPE",
    at,
    `on_timeout of ${node.name} does not fit the schema of its answer: ${problemText(problem)}`,
  );
}
