import type { ComponentCall } from "../contracts/executor.js";
import type { Failure } from "../contracts/failure.js";
import type { Handle } from "../contracts/handle.js";
import type { Json } from "../contracts/json.js";
import type { Secrets } from "../contracts/secrets.js";
import { failureOf } from "../errors/failure-of.js";
import { nanobrainError } from "../errors/nanobrain-error.js";
import type { Finding } from "../kernel/event.js";
import type { PlanNode, PlanOutPort, WorkflowPlan } from "../plan/plan.js";
import { refusal } from "./check-value.js";
import { findLinks } from "./findings.js";
import type { RunSettings, StepPlace, ValueParts } from "./parts.js";

const secretNames = new WeakMap<ComponentCall, readonly string[]>();

/** Names of the secrets that a component's config refers to: looked for once. */
function secretsNamed(component: ComponentCall): readonly string[] {
  const known = secretNames.get(component);
  if (known !== undefined) return known;
  const found = JSON.stringify(component.config).matchAll(/\$\{secret:([A-Za-z0-9_.-]+)\}/g);
  const names = [...new Set(Array.from(found, ([, name]) => name ?? ""))];
  secretNames.set(component, names);
  return names;
}

/** Whether an attempt of the component is given any secrets. */
export function usesSecrets(component: ComponentCall): boolean {
  const { secrets, literals } = component;
  return secrets !== undefined || literals !== undefined || secretsNamed(component).length > 0;
}

/** Values of the secrets that a config names: fails with E_SECRET. And of those its class may use, where they are set. */
export async function secretsOf(secrets: Secrets, component: ComponentCall): Promise<{ [name: string]: string }> {
  const found: { [name: string]: string } = {};
  for (const name of secretsNamed(component)) {
    const value = await secrets.read(name);
    if (value === undefined) throw nanobrainError("E_SECRET", { name });
    found[name] = value;
  }
  for (const name of component.secrets ?? []) {
    const value = found[name] ?? (await secrets.read(name));
    if (value !== undefined) found[name] = value;
  }
  for (const [at, text] of (component.literals ?? []).entries()) found[`literal:${at}`] = text;
  return found;
}

/** A result that its own port's schema refuses is the step's failure. `emitted`: ports that were sent values already. */
export function refusedOutput(
  node: PlanNode,
  outputs: { readonly [port: string]: Json },
  emitted: ReadonlySet<string>,
  from = 0,
): Failure | undefined | Promise<Failure | undefined> {
  for (let at = from; at < node.outPorts.length; at++) {
    const port = node.outPorts[at] as PlanOutPort;
    const refused = refusedPort(node, port, outputs[port.name], emitted);
    if (refused instanceof Promise)
      return refused.then((failure) => failure ?? refusedOutput(node, outputs, emitted, at + 1));
    if (refused !== undefined) return refused;
  }
  return undefined;
}

function refusedPort(
  node: PlanNode,
  port: PlanOutPort,
  value: Json | undefined,
  emitted: ReadonlySet<string>,
): Failure | undefined | Promise<Failure | undefined> {
  if (value !== undefined) return refusal(port.schema, value, () => `${node.name}.${port.name}`);
  if (port.optional || port.name === "error" || node.openOutputs || emitted.has(port.name)) return undefined;
  return failureOf("E_OUTPUT_MISSING", { port: port.name });
}

/** What the `error` port would carry if the run goes on without this step; its other ports carry absence. */
export async function errorLinks(
  parts: ValueParts,
  settings: RunSettings,
  workflow: WorkflowPlan,
  node: number,
  failure: Failure,
  place: StepPlace,
): Promise<readonly Finding[]> {
  if (workflow.nodes[node]?.step?.errorLinked !== true) return [];
  const error = await parts.values.save(failure as unknown as Json);
  const found = await findLinks(parts, settings, workflow, node, { error }, place);
  return found.map((finding) => (finding === 1 || (finding !== 0 && "passed" in finding) ? { value: error } : finding));
}

/** One value sent while the attempt goes on: kept, and what the links of its port carry. */
export async function emissionOf(
  parts: ValueParts,
  settings: RunSettings,
  workflow: WorkflowPlan,
  at: { readonly node: number; readonly port: string },
  value: Json,
  place: StepPlace,
): Promise<{ readonly value: Handle; readonly links: readonly Finding[] }> {
  const node = workflow.nodes[at.node];
  if (node?.step?.forEach !== undefined || node?.step?.repeat !== undefined) {
    const what = "the items of a mapped step and the rounds of a loop give their outputs together, when all is done";
    throw nanobrainError("E_EMIT", { port: at.port, what });
  }
  const schema = node?.outPorts.find((port) => port.name === at.port)?.schema;
  const refused = await refusal(schema, value, `${node?.name ?? ""}.${at.port}`);
  if (refused !== undefined) throw nanobrainError("E_EMIT", { port: at.port, what: refused.message });
  const handle = await parts.values.save(value);
  return { value: handle, links: await findLinks(parts, settings, workflow, at.node, { [at.port]: handle }, place) };
}
