import type { PlanNode, WorkflowPlan } from "../plan/plan.js";
import type { GateProgress, StepProgress } from "./progress.js";
import { sourceName } from "./step-path.js";
import type { StepStatus } from "./summary.js";

/** Counts of one step of the root workflow, changed in place as events come in. */
export type Tally = {
  readonly node: number;
  status: StepStatus;
  done: number;
  count: number | null;
  retried: number;
  cached: number;
  startedAt: number | null;
  endedAt: number | null;
  lastAt: number;
  /** Why it was skipped, retried or failed, or what it gave. */
  remark: string;
  /** Of mapped steps. */
  readonly items: ItemTally | null;
  /** Nested: steps of its child runs, settled and in all. */
  innerDone: number;
  innerTotal: number;
  /** Its failure stopped the run. */
  stopped: boolean;
  /** Activations under way. */
  readonly open: Set<number>;
  /** Ports that an activation sent on while it ran. */
  readonly sent: Map<number, Set<string>>;
  /** How the newest of those that have ended did. */
  last: { readonly n: number; readonly status: StepStatus; readonly remark: string };
  /** The newest one that began, and the first event of the first one. */
  begun: number;
  begunIn: number;
  settledIn: number;
  idleMs: number;
  /** Of a loop that is under way. */
  round: number;
  /** Questions to people, in it or below it. */
  asks: number;
};

export type ItemTally = {
  /** Items that failed and may be tried again. */
  readonly failed: Set<number>;
  /** Start of those under way. */
  readonly begun: Map<number, number>;
  sumMs: number;
  sumSquaresMs: number;
};

export function createTally(node: number, planned: PlanNode): Tally {
  const mapped = planned.step?.forEach !== undefined;
  return {
    node,
    status: "pending",
    done: 0,
    count: mapped ? null : 1,
    retried: 0,
    cached: 0,
    startedAt: null,
    endedAt: null,
    lastAt: 0,
    remark: "",
    items: mapped ? { failed: new Set(), begun: new Map(), sumMs: 0, sumSquaresMs: 0 } : null,
    innerDone: 0,
    innerTotal: 0,
    stopped: false,
    open: new Set(),
    sent: new Map(),
    last: { n: 0, status: "pending", remark: "" },
    begun: 0,
    begunIn: 0,
    settledIn: 0,
    idleMs: 0,
    round: 0,
    asks: 0,
  };
}

export function countItem(tally: Tally, item: number, at: number): void {
  const { items } = tally;
  if (items === null) return;
  tally.done++;
  tally.lastAt = at;
  const took = at - (items.begun.get(item) ?? at);
  items.begun.delete(item);
  items.sumMs += took;
  items.sumSquaresMs += took * took;
}

/** Remaining items at the pace so far. The error counts both the spread of items and that of the mean. */
function eta(tally: Tally): { readonly etaMs: number | null; readonly etaErrorMs: number | null } {
  const left = (tally.count ?? 0) - tally.done;
  const elapsed = tally.lastAt - (tally.startedAt ?? tally.lastAt);
  const measured = tally.done - tally.cached;
  const { items } = tally;
  if (items === null || tally.status !== "running" || measured < 2 || left <= 0 || elapsed <= 0)
    return { etaMs: null, etaErrorMs: null };
  const mean = items.sumMs / tally.done;
  const spread = Math.sqrt(Math.max(0, items.sumSquaresMs / tally.done - mean * mean));
  const lanes = Math.max(items.sumMs / elapsed, Number.MIN_VALUE);
  const error = Math.hypot(spread * Math.sqrt(left), (spread * left) / Math.sqrt(tally.done)) / lanes;
  return { etaMs: Math.round((elapsed * left) / tally.done), etaErrorMs: Math.round(error) };
}

/** Names of what a step still waits for, at most two of them. */
export function waitingNote(
  plan: WorkflowPlan,
  node: number,
  carried: (link: number) => boolean,
  settled: (node: number) => boolean,
): string {
  const planned = plan.nodes[node];
  if (planned === undefined) return "";
  const links = planned.ports.flatMap((port) => port.links.filter((link) => !carried(link)));
  const sources = links.flatMap((link) => {
    const found = plan.links[link];
    return found === undefined ? [] : [sourceName(plan, found)];
  });
  const steps = planned.dependsOn.filter((before) => !settled(before)).map((before) => plan.nodes[before]?.name ?? "");
  const all = [...new Set([...sources, ...steps])];
  if (all.length === 0) return "";
  return `waiting for ${all.slice(0, 2).join(", ")}${all.length > 2 ? ` and ${all.length - 2} more` : ""}`;
}

export function stepProgress(
  name: string,
  tally: Tally,
  status: StepStatus,
  shown: { readonly waiting: string; readonly queued: number; readonly rounds: number },
): StepProgress {
  const isUnderWay = status === "running" || status === "waiting";
  const inner = tally.innerTotal > 0 && isUnderWay ? `${tally.innerDone} of ${tally.innerTotal} inner steps` : "";
  const asks = tally.asks > 0 && tally.remark === "" && isUnderWay ? "waits for an answer" : "";
  const round = tally.round > 0 && isUnderWay ? `round ${tally.round} of ${shown.rounds} at most` : "";
  return {
    name,
    status,
    done: tally.count === null ? tally.done : Math.min(tally.done, tally.count),
    count: tally.count,
    retried: tally.retried,
    cached: tally.cached,
    startedAt: tally.startedAt,
    endedAt: tally.endedAt,
    ...eta(tally),
    activations: tally.begun,
    idleMs: tally.idleMs,
    queued: shown.queued,
    note: tally.remark || asks || round || inner || shown.waiting,
  };
}

export function gateProgress(
  plan: WorkflowPlan,
  link: number,
  outcome: GateProgress["outcome"],
  reason: string,
): GateProgress {
  const planned = plan.links[link];
  return { name: planned?.name ?? String(link), condition: planned?.condition ?? "", outcome, reason };
}
