import type { Place } from "../document/diagnostic.js";
import { readFinding } from "./output-note.js";
import { sourceName } from "./step-path.js";
import { type ActivationTrace, type RunTrace, settledAt } from "./trace.js";
import { queuesInto } from "./trace-reactions.js";

/** One thing a step waits for: a token of a link, or another step's end (`depends_on`). */
export type WhyNeed = {
  readonly kind: "link" | "order";
  /** `step.port`, a unit, or the step of `depends_on`. */
  readonly from: string;
  /** The input port it feeds; null for order. */
  readonly port: string | null;
  readonly link: string | null;
  readonly place: Place | null;
  readonly outcome: "value" | "absent" | "closed" | "refused" | "settled" | "awaited";
  readonly reason: string;
  /** Epoch ms; null: has not come. */
  readonly at: number | null;
  /** From the start of the run until it came; null: has not come. */
  readonly waitedMs: number | null;
  /** How many tokens came; 1 for order. */
  readonly count: number;
  /** True: nothing came, and the end of the run closed it. */
  readonly closed: boolean;
};

/** In the order in which they came, awaited ones last. */
export function needsOf(run: RunTrace, node: number): readonly WhyNeed[] {
  const planned = run.plan.nodes[node];
  if (planned === undefined) return [];
  const links = planned.ports.flatMap((port) => port.links.map((link) => linkNeed(run, port.name, link)));
  const orders = planned.dependsOn.map((before) => orderNeed(run, before));
  const late = Number.POSITIVE_INFINITY;
  return [...links, ...orders].sort((a, b) => (a.at ?? late) - (b.at ?? late) || 0);
}

function linkNeed(run: RunTrace, port: string, index: number): WhyNeed {
  const link = run.plan.links[index];
  const carried = run.carried[index];
  const read = carried === undefined ? undefined : readFinding(carried.finding);
  return {
    kind: "link",
    from: link === undefined ? "" : sourceName(run.plan, link),
    port,
    link: link?.name ?? null,
    place: link?.place ?? null,
    outcome: read?.outcome ?? "awaited",
    reason: read?.reason ?? "",
    at: carried?.at ?? null,
    waitedMs: carried === undefined ? null : Math.max(0, carried.at - run.startedAt),
    count: carried?.count ?? 0,
    closed: carried?.closed === true,
  };
}

function orderNeed(run: RunTrace, before: number): WhyNeed {
  const at = settledAt(run, before);
  const planned = run.plan.nodes[before];
  return {
    kind: "order",
    from: planned?.name ?? "",
    port: null,
    link: null,
    place: planned?.place ?? null,
    outcome: at === null ? "awaited" : "settled",
    reason: "",
    at,
    waitedMs: at === null ? null : Math.max(0, at - run.startedAt),
    count: at === null ? 0 : 1,
    closed: false,
  };
}

/**
 * When the last of its needs came; the start of the run where it needs nothing; null: not yet, or not known: which tokens a later
 * activation took is told by the first one only. A triggered step is ready when its trigger fires.
 */
export function readyAt(run: RunTrace, node: number, activation?: ActivationTrace): number | null {
  if (activation?.firing !== undefined) return activation.firing.at;
  if (run.plan.nodes[node]?.step?.triggered === true) return run.firings.get(node)?.[0]?.at ?? null;
  if (activation !== undefined && (activation.n > 1 || queuesInto(run.plan, node).length > 0)) return null;
  const needs = needsOf(run, node);
  return needs.reduce<number | null>((latest, need) => later(latest, need.at), run.startedAt);
}

function later(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : Math.max(a, b);
}
