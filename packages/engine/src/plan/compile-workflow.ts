import type { PortDeclaration, StepPorts } from "../contracts/component.js";
import type { StepEntry, WorkflowDocument } from "../document/document.js";
import { orderOf, type Wiring } from "./check-cycles.js";
import { checkFeeds } from "./check-feeds.js";
import { checkFirings, checkWaits } from "./check-firings.js";
import { checkLinks, checkMerges } from "./check-links.js";
import { checkReactions } from "./check-reactions.js";
import { checkRepeats } from "./check-repeats.js";
import { checkSchemas } from "./check-schemas.js";
import { checkTypes } from "./check-types.js";
import type { Scope } from "./compilation.js";
import { addDeadLetters } from "./dead-letters.js";
import { resolveDependsOn } from "./depends-on.js";
import type { Draft } from "./draft.js";
import { checkFallbacks } from "./fallback.js";
import { fedBack } from "./fed-back.js";
import { addImplicitOutputs, nameDefaultOutputs } from "./implicit-outputs.js";
import { addLink } from "./link-drafts.js";
import type { PlanNode, WorkflowPlan } from "./plan.js";
import { plannedLink } from "./planned-link.js";
import { plannedNode } from "./planned-node.js";
import { plannedTrigger } from "./planned-trigger.js";
import { enterPools } from "./pools.js";
import { presenceOf } from "./presence.js";
import { checkQueues } from "./queues.js";
import { addStep, type Nested } from "./step-nodes.js";
import { type TriggerDraft, wireTriggers } from "./trigger-wiring.js";
import { addWatchedUnits, resolveTriggers, type Trigger } from "./triggers.js";
import { addUnit } from "./unit-nodes.js";

/** A workflow with its ports as a step. */
export type CompiledWorkflow = { readonly plan: WorkflowPlan; readonly ports: StepPorts };

/** Compiles one document. Its faults are reported; the plan is then of no use, but its ports are. */
export async function compileWorkflow(
  scope: Scope,
  nested: (entry: StepEntry) => Promise<Nested | undefined>,
): Promise<CompiledWorkflow> {
  enterPools(scope);
  const draft = emptyDraft();
  const found = await addNodes(scope, draft, nested);
  for (const entry of scope.document.links) await addLink(scope, draft, entry);
  resolveDependsOn(scope, draft);
  const triggers = await wireTriggers(scope, draft, found);
  nameDefaultOutputs(draft);
  addImplicitOutputs(scope, draft);
  const order = await checkWiring(scope, draft, triggers);
  return { plan: await assemble(scope, draft, order, triggers), ports: portsOf(draft) };
}

function emptyDraft(): Draft {
  return { nodes: [], links: [], queues: [], byName: new Map(), outputsByName: new Map(), incomplete: false };
}

/** Units, then steps, then outputs, each in document order. */
async function addNodes(
  scope: Scope,
  draft: Draft,
  nested: (entry: StepEntry) => Promise<Nested | undefined>,
): Promise<readonly Trigger[]> {
  const { units, steps } = scope.document;
  const triggers = await resolveTriggers(scope);
  for (const unit of units) if (unit.section !== "output_data_units") await addUnit(scope, draft, unit);
  addWatchedUnits(scope, draft, triggers);
  addDeadLetters(scope, draft);
  for (const step of steps) await addStep(scope, draft, step, nested);
  for (const unit of units) if (unit.section === "output_data_units") await addUnit(scope, draft, unit);
  if (triggers.length < scope.document.triggers.length) draft.incomplete = true;
  return triggers;
}

async function checkWiring(scope: Scope, draft: Draft, triggers: readonly TriggerDraft[]): Promise<Wiring> {
  checkLinks(scope, draft);
  checkFallbacks(scope, draft);
  checkTypes(scope, draft);
  checkQueues(scope, draft);
  await checkRepeats(scope, draft);
  await checkSchemas(scope, draft);
  const order = orderOf(scope, draft);
  const presence = presenceOf(scope, draft, order);
  checkMerges(scope, draft, presence.certain);
  checkReactions(scope, draft, triggers);
  await checkWaits(scope, draft);
  if (order.sequence.length < draft.nodes.length) return order;
  checkFeeds(scope, draft, presence, triggers);
  checkFirings(scope, draft, order);
  return order;
}

async function assemble(
  scope: Scope,
  draft: Draft,
  order: Wiring,
  triggers: readonly TriggerDraft[],
): Promise<WorkflowPlan> {
  const { document } = scope;
  const bounded = fedBack(draft, triggers);
  const nodes: PlanNode[] = [];
  for (const node of draft.nodes) nodes.push(await plannedNode(scope, draft, node, order, bounded));
  const steps = draft.nodes.filter((node) => node.kind === "step").map((node) => node.index);
  const { maxRetries, retryDelayMs, rollbackOnFailure, timeoutMs, preservePartialResults } = document.recovery;
  return {
    name: document.name,
    file: document.file,
    ...(document.version === undefined ? {} : { version: document.version }),
    strategy: document.strategy,
    recovery: { handling: document.errorHandling, maxRetries, retryDelayMs, rollbackOnFailure, own: false },
    timeoutMs,
    nodes,
    links: draft.links.map((link) => plannedLink(scope, draft, link, order)),
    inputs: draft.nodes.filter((node) => node.setBy === "outside").map((node) => node.index),
    steps,
    outputs: draft.nodes.filter((node) => node.kind === "output").map((node) => node.index),
    stages: stagesOf(steps, order),
    queues: draft.queues.map(({ path: _path, ...queue }) => queue),
    triggers: triggers.map((trigger) => plannedTrigger(scope, trigger)),
    completion: document.completion,
    restorable: isRestorable(document),
    checkpointIntervalMs: document.monitoring.checkpointIntervalMs,
    preservePartialResults,
    ...(document.budget === undefined ? {} : { budget: document.budget }),
  };
}

/** True: something in it may take it back to a checkpoint. */
function isRestorable({ errorHandling, recovery, steps }: WorkflowDocument): boolean {
  const handlings = [errorHandling, ...steps.map((step) => step.errorHandling)];
  return handlings.includes("rollback") || recovery.rollbackOnFailure;
}

function stagesOf(steps: readonly number[], order: Wiring): readonly (readonly number[])[] {
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
