import type { Handle } from "../contracts/handle.js";
import type { RunEvent } from "../kernel/event.js";
import type { Plan } from "../plan/plan.js";
import { type FoundStep, findStep } from "./find-step.js";
import { lastActivation, type RunTrace } from "./trace.js";
import { traceRun } from "./trace-fold.js";

/** A value of a run: its handle and, for one item of a list, the 0-based index in it. */
export type FoundValue = {
  readonly handle: Handle;
  readonly index: number | null;
  readonly direction: "input" | "output" | "unit";
};
/** `known`: what there is instead; empty where the name is right and there is no value (yet). */
export type ValueUnknown = { readonly problem: string; readonly known: readonly string[] };

/**
 * Finds `step.port`, `outer[3]/inner.port` or a unit. An output port goes before an input port of the same name; for an
 * item (`read[3].paper`) the item's own output or input is found.
 */
export function findValue(plan: Plan, events: Iterable<RunEvent>, reference: string): FoundValue | ValueUnknown {
  const trace = traceRun(plan, events);
  const unit = findStep(trace, reference);
  // The dead letters of a queue have a dot in their name.
  if (!("unknown" in unit) && unit.planned.kind !== "step") return unitValue(unit);
  const slash = reference.lastIndexOf("/");
  const dot = reference.indexOf(".", slash + 1);
  const found = findStep(trace, dot < 0 ? reference : reference.slice(0, dot));
  if ("unknown" in found) return { problem: `there is no step or unit ${found.unknown}`, known: found.known };
  const port = dot < 0 ? undefined : reference.slice(dot + 1);
  if (found.planned.kind !== "step") return unitValue(found);
  if (port === undefined) return { problem: `${reference} is a step: name one of its ports`, known: portsOf(found) };
  return outputOf(found, port) ?? inputOf(found, port) ?? noValue(found, port);
}

function unitValue(found: FoundStep): FoundValue | ValueUnknown {
  const { units, inputs, partial } = found.run;
  const value = units[found.node]?.value ?? inputs[found.planned.name] ?? partial.get(found.node)?.["value"];
  if (value === undefined) return { problem: `${found.planned.name} has no value${takenBackNote(found)}`, known: [] };
  return { handle: value, index: null, direction: "unit" };
}

/** What a rollback took back is kept where the document says so. */
function takenBackNote({ run, node }: FoundStep): string {
  const isTaken = run.undone.has(node) || (run.rollbacks.length > 0 && run.units[node] === undefined);
  return isTaken && !run.plan.preservePartialResults ? ": a rollback took it back" : "";
}

function outputOf(found: FoundStep, port: string): FoundValue | undefined {
  const last = lastActivation(found.run, found.node);
  const out = found.item === null ? last?.out : last?.cells.get(found.item)?.out;
  const handle = out?.[port] ?? (found.item === null ? found.run.partial.get(found.node)?.[port] : undefined);
  return handle === undefined ? undefined : { handle, index: null, direction: "output" };
}

function inputOf(found: FoundStep, name: string): FoundValue | undefined {
  const { forEach } = found.planned.step ?? {};
  const mapped = forEach !== undefined && forEach.as === name;
  const port =
    found.planned.ports.find((one) => one.name === name) ?? (mapped ? found.planned.ports[forEach.over] : undefined);
  if (port === undefined) return undefined;
  const fired = firedValue(found, port.name);
  if (fired !== undefined) return { handle: fired, index: null, direction: "input" };
  const values = port.links.flatMap((link) => linkValue(found.run, link));
  const handle = port.merge === "list" && values.length > 0 ? { list: values } : (values[0] ?? port.default);
  if (handle !== undefined) return { handle, index: mapped ? found.item : null, direction: "input" };
  return undefined;
}

/** What the trigger that fired the newest activation put on a port: its payload, or the watched value as it is now. */
function firedValue({ run, node }: FoundStep, port: string): Handle | undefined {
  const firing = lastActivation(run, node)?.firing;
  const trigger = firing === undefined ? undefined : run.plan.triggers[firing.trigger];
  const feed = trigger?.targets.find((target) => target.node === node)?.feeds.find((one) => one.port === port);
  if (feed === undefined) return undefined;
  if (feed.watch < 0) return firing?.payload;
  const watched = trigger?.watch[feed.watch];
  if (watched === undefined) return undefined;
  return run.units[watched.node]?.value ?? lastActivation(run, watched.node)?.out[watched.port];
}

function linkValue(run: RunTrace, index: number): readonly Handle[] {
  const link = run.plan.links[index];
  const finding = run.carried[index]?.finding;
  if (link === undefined || finding === undefined || finding === 0) return [];
  if (finding !== 1 && !("passed" in finding)) return "value" in finding ? [finding.value] : [];
  const source = link.from.node;
  const handle = run.units[source]?.value ?? lastActivation(run, source)?.out[link.from.port];
  return handle === undefined ? [] : [handle];
}

function portsOf(found: FoundStep): readonly string[] {
  const out = Object.keys(lastActivation(found.run, found.node)?.out ?? {});
  const names = new Set([
    ...out,
    ...found.planned.outPorts.map((port) => port.name),
    ...found.planned.ports.map((port) => port.name),
  ]);
  return [...names].map((port) => `${found.prefix}${found.planned.name}.${port}`);
}

function noValue(found: FoundStep, port: string): ValueUnknown {
  const name = `${found.prefix}${found.planned.name}`;
  // Every step has a port error, whether or not anything leads from it.
  const declared =
    port === "error" || [...found.planned.ports, ...found.planned.outPorts].some((one) => one.name === port);
  if (!declared) return { problem: `${name} has no port ${port}`, known: portsOf(found) };
  return { problem: `${name}.${port} has no value${takenBackNote(found)}`, known: [] };
}
