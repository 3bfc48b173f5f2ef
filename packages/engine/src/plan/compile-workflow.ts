import type { PortDeclaration, StepPorts } from "../contracts/component.js";
import type { StepEntry } from "../document/document.js";
import { orderOf } from "./check-cycles.js";
import { checkFeeds } from "./check-feeds.js";
import { checkLater } from "./check-later.js";
import { checkLinks, checkMerges } from "./check-links.js";
import { checkRepeats } from "./check-repeats.js";
import { checkSchemas } from "./check-schemas.js";
import { checkTypes } from "./check-types.js";
import type { Scope } from "./compilation.js";
import { addDeadLetters } from "./dead-letters.js";
import { resolveDependsOn } from "./depends-on.js";
import type { Draft } from "./draft.js";
import { addImplicitOutputs, nameDefaultOutputs } from "./implicit-outputs.js";
import { addLink } from "./link-drafts.js";
import type { Order } from "./order.js";
import type { PlanNode, WorkflowPlan } from "./plan.js";
import { plannedLink } from "./planned-link.js";
import { plannedNode } from "./planned-node.js";
import { enterPools } from "./pools.js";
import { presenceOf } from "./presence.js";
import { addStep, type Nested } from "./step-nodes.js";
import { addWatchedUnits, checkTriggers, resolveTriggers } from "./triggers.js";
import { addUnit } from "./unit-nodes.js";

/** A workflow with its ports as a step. */
export type CompiledWorkflow = { readonly plan: WorkflowPlan; readonly ports: StepPorts };

/** Compiles one document. Its faults are reported; the plan is then of no use, but its ports are. */
export async function compileWorkflow(
  scope: Scope,
  nested: (entry: StepEntry) => Promise<Nested | undefined>,
): Promise<CompiledWorkflow> {
  checkLater(scope);
  enterPools(scope);
  const draft: Draft = { nodes: [], links: [], byName: new Map(), outputsByName: new Map(), incomplete: false };
  await addNodes(scope, draft, nested);
  for (const entry of scope.document.links) await addLink(scope, draft, entry);
  resolveDependsOn(scope, draft);
  nameDefaultOutputs(draft);
  addImplicitOutputs(scope, draft);
  const order = await checkWiring(scope, draft);
  return { plan: await assemble(scope, draft, order), ports: portsOf(draft) };
}

/** Units, then steps, then outputs, each in document order. */
async function addNodes(
  scope: Scope,
  draft: Draft,
  nested: (entry: StepEntry) => Promise<Nested | undefined>,
): Promise<void> {
  const { units, steps } = scope.document;
  const triggers = await resolveTriggers(scope);
  for (const unit of units) if (unit.section !== "output_data_units") await addUnit(scope, draft, unit);
  addWatchedUnits(scope, draft, triggers);
  addDeadLetters(scope, draft);
  for (const step of steps) await addStep(scope, draft, step, nested);
  for (const unit of units) if (unit.section === "output_data_units") await addUnit(scope, draft, unit);
  if (triggers.length < scope.document.triggers.length) draft.incomplete = true;
  await checkTriggers(scope, draft, triggers);
}

async function checkWiring(scope: Scope, draft: Draft): Promise<Order> {
  checkLinks(scope, draft);
  checkTypes(scope, draft);
  await checkRepeats(scope, draft);
  await checkSchemas(scope, draft);
  const order = orderOf(scope, draft);
  const presence = presenceOf(scope, draft, order);
  checkMerges(scope, draft, presence.certain);
  if (order.sequence.length === draft.nodes.length) checkFeeds(scope, draft, presence);
  return order;
}

async function assemble(scope: Scope, draft: Draft, order: Order): Promise<WorkflowPlan> {
  const { document } = scope;
  const nodes: PlanNode[] = [];
  for (const node of draft.nodes) nodes.push(await plannedNode(scope, draft, node, order));
  const steps = draft.nodes.filter((node) => node.kind === "step").map((node) => node.index);
  const { maxRetries, retryDelayMs, rollbackOnFailure, timeoutMs } = document.recovery;
  return {
    name: document.name,
    file: document.file,
    ...(document.version === undefined ? {} : { version: document.version }),
    strategy: document.strategy,
    recovery: { handling: document.errorHandling, maxRetries, retryDelayMs, rollbackOnFailure, own: false },
    timeoutMs,
    nodes,
    links: draft.links.map((link) => plannedLink(scope, draft, link)),
    inputs: draft.nodes.filter((node) => node.setBy === "outside").map((node) => node.index),
    steps,
    outputs: draft.nodes.filter((node) => node.kind === "output").map((node) => node.index),
    stages: stagesOf(steps, order),
    queues: [],
    triggers: [],
    completion: "quiescent",
    restorable: false,
    checkpointIntervalMs: null,
    preservePartialResults: false,
  };
}

function stagesOf(steps: readonly number[], order: Order): readonly (readonly number[])[] {
  const stages: number[][] = [];
  for (const step of steps) {
    const depth = order.depth[step] ?? 0;
    while (stages.length <= depth) stages.push([]);
    stages[depth]?.push(step);
  }
  return stages;
}

/** Input units are the input ports of a nested workflow, outputs its output ports. A unit's default is the child's own. */
function portsOf(draft: Draft): StepPorts {
  const inputs: { [port: string]: PortDeclaration } = {};
  const outputs: { [port: string]: PortDeclaration } = {};
  for (const node of draft.nodes) {
    const port = node.ports.get("value");
    if (node.kind === "step" || port === undefined) continue;
    const schema = port.schema ?? node.outs.get("value")?.carried;
    const declaration = schema === undefined ? {} : { schema };
    if (node.kind === "output") outputs[node.name] = { ...declaration, optional: true };
    else if (node.setBy === "outside")
      inputs[node.name] = { ...declaration, optional: port.optional || port.default !== undefined };
  }
  return { inputs, outputs, openInputs: false, openOutputs: false };
}
