import type { StepEntry } from "../document/document.js";
import type { Wiring } from "./check-cycles.js";
import type { Scope } from "./compilation.js";
import type { Draft, NodeDraft, PortDraft, StepDraft } from "./draft.js";
import { stepExecutor } from "./executors.js";
import { CYCLE_BOUND, NO_BOUND } from "./fed-back.js";
import type { PlanNode, PlanPort, PlanRecovery, PlanStep } from "./plan.js";
import { enterDemand } from "./pools.js";
import { errorPort } from "./references.js";
import { waitOf } from "./waiting.js";

export async function plannedNode(
  scope: Scope,
  draft: Draft,
  node: NodeDraft,
  order: Wiring,
  bounded: ReadonlySet<number>,
): Promise<PlanNode> {
  const ports = [...node.ports.values()];
  return {
    name: node.name,
    kind: node.kind,
    place: scope.document.places.of(node.path, "key"),
    ports: ports.map((port) => plannedPort(draft, port)),
    outPorts: plannedOuts(node),
    openOutputs: node.openOutputs,
    outLinks: node.outLinks,
    depth: order.depth[node.index] ?? 0,
    rank: order.rank[node.index] ?? 0,
    tail: order.tail[node.index] ?? 0,
    dependsOn: node.dependsOn,
    knot: order.knotOf[node.index] ?? -1,
    ...(node.unit === undefined ? {} : { unit: node.unit }),
    ...(node.step === undefined ? {} : { step: await plannedStep(scope, draft, node, node.step, bounded) }),
  };
}

function plannedPort(draft: Draft, port: PortDraft): PlanPort {
  const sources = port.links.map((link) => draft.nodes[draft.links[link]?.from.node ?? -1]);
  const parameters = sources.length > 0 && sources.every((source) => source?.unit?.role === "parameter");
  return {
    name: port.name,
    links: port.links,
    merge: port.merge,
    optional: port.optional,
    ...(port.default === undefined ? {} : { default: { json: port.default.value } }),
    hold: port.hold || parameters,
    ...(port.schema === undefined ? {} : { schema: port.schema }),
  };
}

/** A component with open outputs gives the ports that are named, and those it always gives. */
function plannedOuts(node: NodeDraft): PlanNode["outPorts"] {
  const outs = [...node.outs.values()].filter((out) => out.onDemand !== true || node.namedOuts.has(out.name));
  const open = node.openOutputs && node.namedOuts.size > 0;
  const kept = open ? outs.filter((out) => node.namedOuts.has(out.name) || !out.optional) : outs;
  return kept.map(({ name, optional, schema }) => ({ name, optional, ...(schema === undefined ? {} : { schema }) }));
}

async function plannedStep(
  scope: Scope,
  draft: Draft,
  node: NodeDraft,
  step: StepDraft,
  bounded: ReadonlySet<number>,
): Promise<PlanStep> {
  const { entry } = step;
  const isWorkflow = entry.workflow !== undefined;
  const map = entry.forEach;
  const over = [...node.ports.keys()].indexOf(map?.over ?? "");
  return {
    ...(step.component === undefined ? {} : { component: step.component }),
    ...(step.workflow === undefined ? {} : { workflow: step.workflow }),
    ...(step.fallback === undefined ? {} : { fallback: step.fallback }),
    errorLinked: node.outLinks.some((link) => draft.links[link]?.from.port === errorPort),
    recovery: stepRecovery(scope, entry),
    timeoutMs: entry.timeoutMs ?? null,
    whenAbsent: entry.whenAbsent,
    concurrency: entry.concurrency,
    maxActivations: entry.maxActivations ?? (bounded.has(node.index) ? CYCLE_BOUND : NO_BOUND),
    ...(map === undefined
      ? {}
      : { forEach: { over, as: map.as, concurrency: map.concurrency, maxFailures: map.maxFailures } }),
    cache: entry.cache ?? (isWorkflow || hasEffects(step) ? "off" : "run"),
    effects: step.effects,
    executor: isWorkflow ? "local" : await stepExecutor(scope, entry, step.executor),
    demand: enterDemand(scope, entry),
    checkpoint: entry.checkpoint,
    triggered: node.triggered,
    ...iterationOf(entry),
    ...waitingOf(step),
    ...(step.onRollback === undefined ? {} : { onRollback: step.onRollback }),
  };
}

/** What has to be undone has effects. */
function hasEffects({ effects, onRollback }: StepDraft): boolean {
  return effects || onRollback !== undefined;
}

function iterationOf({ repeat }: StepEntry): Pick<PlanStep, "repeat"> {
  if (repeat === undefined) return {};
  const { until, max, onMax } = repeat;
  const carry = Object.entries(repeat.carry).map(([output, input]) => ({ output, input }));
  return { repeat: { ...(until === undefined ? {} : { until }), max, carry, onMax } };
}

/** A fallback may be what waits: a person is asked where a program failed. */
function waitingOf({ component, fallback, entry }: StepDraft): Pick<PlanStep, "waits" | "onTimeout"> {
  const waits = waitOf(component) ?? waitOf(fallback);
  return {
    ...(waits === undefined ? {} : { waits }),
    ...(entry.onTimeout === undefined ? {} : { onTimeout: { json: entry.onTimeout } }),
  };
}

function stepRecovery(scope: Scope, entry: StepEntry): PlanRecovery {
  const { errorHandling, recovery } = scope.document;
  return {
    handling: entry.errorHandling ?? errorHandling,
    maxRetries: entry.maxRetries ?? recovery.maxRetries,
    retryDelayMs: entry.retryDelayMs ?? recovery.retryDelayMs,
    rollbackOnFailure: recovery.rollbackOnFailure,
    own: entry.errorHandling !== undefined,
  };
}
