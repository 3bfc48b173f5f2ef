import type { Place } from "../document/diagnostic.js";
import { findRunPrefix, portName, targetName } from "./step-path.js";
import { lastActivation, type RunTrace, type Trace } from "./trace.js";

/** Why a port had no value: a closed gate, a failure passed over, a value never given; `causes` say why that was so. */
export type WhyCause = {
  /** The step, unit or link it happened at, as a path. */
  readonly at: string;
  readonly kind: "closed" | "refused" | "skipped" | "failed" | "not_given" | "no_links" | "awaited";
  readonly reason: string;
  readonly place: Place | null;
  readonly causes: readonly WhyCause[];
};

/** Ports looked at for one answer: each once, as branches that part and join again would be followed twice as often at every join. */
const lookLimit = 200;

/** Causes of the absence of a port, one for each of its links. */
export function absenceOf(
  trace: Trace,
  run: RunTrace,
  node: number,
  port: string,
  seen: Set<string> = new Set(),
): readonly WhyCause[] {
  const key = `${run.index}/${node}/${port}`;
  if (seen.has(key) || seen.size >= lookLimit) return [];
  seen.add(key);
  const links = run.plan.nodes[node]?.ports.find((one) => one.name === port)?.links ?? [];
  if (links.length > 0) return links.flatMap((link) => linkCause(trace, run, link, seen));
  return [unfedCause(trace, run, node, seen)];
}

function linkCause(trace: Trace, run: RunTrace, index: number, seen: Set<string>): readonly WhyCause[] {
  const link = run.plan.links[index];
  if (link === undefined) return [];
  const carried = run.carried[index];
  const at = `${findRunPrefix(trace, run)}${link.name}`;
  const { place } = link;
  const none = { at, place, causes: [] };
  if (carried === undefined) return [{ ...none, kind: "awaited", reason: "nothing has come over it yet" }];
  const { finding } = carried;
  if (finding === 0) return sourceCause(trace, run, link.from.node, link.from.port, seen);
  if (finding === 1 || "value" in finding || "passed" in finding || "queued" in finding) return [];
  if ("closed" in finding) return [{ ...none, kind: "closed", reason: finding.closed }];
  return [{ ...none, kind: "refused", reason: `${finding.refused.message} (towards ${targetName(run.plan, link)})` }];
}

function sourceCause(trace: Trace, run: RunTrace, node: number, port: string, seen: Set<string>): readonly WhyCause[] {
  const planned = run.plan.nodes[node];
  if (planned === undefined) return [];
  const at = `${findRunPrefix(trace, run)}${planned.name}`;
  const { place } = planned;
  if (planned.kind !== "step") return absenceOf(trace, run, node, planned.ports[0]?.name ?? "value", seen);
  const last = lastActivation(run, node);
  if (last?.skipped !== undefined) {
    const causes = absenceOf(trace, run, node, last.skipped.port, seen);
    return [{ at, place, kind: "skipped", reason: last.skipped.reason, causes }];
  }
  if (last?.status === "failed") {
    const reason = `${last.failure?.code ?? ""} ${last.failure?.message ?? ""}`.trim();
    return [{ at, place, kind: "failed", reason, causes: [] }];
  }
  return [{ at, place, kind: "not_given", reason: `its result had no ${portName(planned, port)}`, causes: [] }];
}

/** A port or unit without links: an input that was not given, in a nested run by the step around it. */
function unfedCause(trace: Trace, run: RunTrace, node: number, seen: Set<string>): WhyCause {
  const planned = run.plan.nodes[node];
  const at = `${findRunPrefix(trace, run)}${planned?.name ?? ""}`;
  const place = planned?.place ?? null;
  if (planned?.kind === "step")
    return { at, place, kind: "no_links", reason: "no link feeds the port, and it has no default", causes: [] };
  const parent = run.parent === null ? undefined : trace.runs[run.parent.run];
  const causes =
    parent === undefined || run.parent === null
      ? []
      : absenceOf(trace, parent, run.parent.node, planned?.name ?? "", seen);
  return { at, place, kind: "not_given", reason: "no value was given for it", causes };
}
