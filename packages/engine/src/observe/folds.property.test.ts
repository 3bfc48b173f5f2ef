import { describe, expect, it } from "vitest";
import type { RunEvent } from "../kernel/event.js";
import { FAILED, type RunState, type RunTree, SKIPPED, SUCCEEDED } from "../kernel/state.js";
import type { Plan } from "../plan/plan.js";
import { type Draw, drawOften, drawOnce, drawReactive, drawRollback } from "../testing/kernel-properties.js";
import type { SymbolicHost } from "../testing/symbolic-host.js";
import { symbolicRun } from "../testing/symbolic-run.js";
import { lifecycle } from "./lifecycle.js";
import { MetricsFold } from "./metrics.js";
import { createNarrator } from "./narrate.js";
import { openAsks } from "./open-asks.js";
import { createProgressFold } from "./progress-fold.js";
import { summarize } from "./summarize.js";
import { timeline } from "./timeline.js";
import { emptyTrace, type RunTrace, type Trace } from "./trace.js";
import { applyToTrace } from "./trace-fold.js";
import { triggerReports } from "./trigger-report.js";
import { why } from "./why.js";

const draws: readonly (readonly [name: string, draw: Draw, seeds: number])[] = [
  ["steps that fire once", drawOnce, 60],
  ["steps that fire often", drawOften, 60],
  ["steps that react", drawReactive, 40],
  ["what rolls back", drawRollback("once"), 40],
  ["what rolls back and reacts", drawRollback("reactive"), 25],
];

/** Activations under way, as the kernel has them: those that failed and wait for what becomes of them are left out. */
function openIn(run: RunState, node: number): readonly number[] {
  const open = [...run.open.values()].filter((one) => one.node === node);
  return open.filter((one) => one.failure === undefined && !one.closing && !one.halted).map((one) => one.n);
}

function tracedOpen(run: RunTrace, node: number): readonly number[] {
  return (run.activations[node] ?? []).filter((one) => one.status === "running").map((one) => one.n);
}

function differences(tree: RunTree, trace: Trace): readonly string[] {
  return tree.runs.flatMap((run) => {
    const traced = run === undefined ? undefined : trace.runs[run.index];
    if (run === undefined || traced === undefined || run.status !== "running") return [];
    return run.workflow.steps.flatMap((node) => {
      const missing = openIn(run, node).filter((n) => !tracedOpen(traced, node).includes(n));
      const begun = Math.max(0, ...(traced.activations[node] ?? []).map((one) => one.n));
      const name = `${run.index}/${run.workflow.nodes[node]?.name ?? ""}`;
      return [
        ...missing.map((n) => `${name} ${n} is under way, and not so in the trace`),
        ...(begun === run.begun[node] ? [] : [`${name} began ${run.begun[node]} times, ${begun} in the trace`]),
      ];
    });
  });
}

/** The first event after which the folds and the kernel disagree. */
function followed(draw: Draw, seed: number): { readonly plan: Plan; readonly host: SymbolicHost; faults: string[] } {
  const { plan, inputs } = draw(seed);
  const trace = emptyTrace(plan);
  const progress = createProgressFold(plan);
  const narrate = createNarrator(plan);
  const faults: string[] = [];
  const watch = (host: SymbolicHost, event: RunEvent): void => {
    applyToTrace(trace, event);
    progress.apply(event);
    const told = narrate(event);
    if (told.text === event.type || told.text === "") faults.push(`${event.type} is not told`);
    const { running, settled, total } = progress.progress();
    if (running < 0 || settled < 0 || settled > total) faults.push(`${running} run, ${settled} of ${total} settled`);
    for (const what of differences(host.tree, trace)) faults.push(`after ${event.seq} ${event.type}: ${what}`);
  };
  const { host } = symbolicRun(plan, inputs, { seed, slots: 3, watch });
  return { plan, host, faults: faults.slice(0, 1) };
}

const statuses = new Map<number, string>([
  [SUCCEEDED, "succeeded"],
  [SKIPPED, "skipped"],
  [FAILED, "failed"],
]);

/** Of a run that has completed: views agree with the kernel and with each other. */
function disagreements(plan: Plan, { tree, journal }: SymbolicHost): readonly string[] {
  const root = tree.runs[0];
  const fold = createProgressFold(plan);
  const metrics = new MetricsFold(plan);
  for (const event of journal) {
    fold.apply(event);
    metrics.apply(event);
  }
  const progress = fold.progress();
  const summary = summarize(plan, journal);
  if (root?.status !== "completed") return summary.status === root?.status ? [] : [`status is ${summary.status}`];
  const steps = plan.workflows[0]?.steps ?? [];
  return [
    ...(progress.running === 0 ? [] : [`${progress.running} attempts run after the end`]),
    ...(progress.settled === steps.length ? [] : [`${progress.settled} of ${steps.length} steps have settled`]),
    ...steps.flatMap((node, position) => {
      const name = plan.workflows[0]?.nodes[node]?.name ?? "";
      const expected = statuses.get(root.node[node] ?? 0);
      const [one, two] = [summary.steps[name]?.status, progress.steps[position]?.status];
      return one === expected && two === expected ? [] : [`${name} is ${expected}, ${one} and ${two}`];
    }),
    ...progress.queues.flatMap(({ name, waiting, inFlight }) =>
      waiting === 0 && inFlight === 0 ? [] : [`queue ${name} is shown with ${waiting}, ${inFlight}`],
    ),
    ...(metrics.read(0, null).run.queued === 0 ? [] : [`${metrics.read(0, null).run.queued} queued in the metrics`]),
    ...Object.entries(summary.queues ?? {}).flatMap(([name, queue]) =>
      queue.waiting === 0 && queue.in_flight === 0 ? [] : [`queue ${name} holds ${queue.waiting}, ${queue.in_flight}`],
    ),
  ];
}

describe("folds of random journals", () => {
  it.each(draws)("%s: what the trace and the counts say is what the kernel says, at every event", (_, draw, seeds) => {
    for (let seed = 0; seed < seeds; seed++) expect(followed(draw, seed).faults, `seed ${seed}`).toEqual([]);
  });

  it.each(draws)("%s: at the end all views agree, and each can be made", (_, draw, seeds) => {
    for (let seed = 0; seed < seeds; seed++) {
      const { plan, inputs } = draw(seed);
      const { host } = symbolicRun(plan, inputs, { seed: `end ${seed}` });
      expect(disagreements(plan, host), `seed ${seed}`).toEqual([]);
      expect(openAsks(plan, host.journal), `seed ${seed}`).toEqual([]);
      expect(timeline(plan, host.journal).every((row) => row.endedAt !== null && row.endedAt >= row.startedAt)).toBe(
        true,
      );
      expect(["closed", "failed"], `seed ${seed}`).toContain(lifecycle(host.journal).state);
      for (const { state } of triggerReports(plan, host.journal)) expect(["closed", "off"]).toContain(state);
      for (const node of plan.workflows[0]?.nodes ?? [])
        expect(why(plan, host.journal, node.name)).toHaveProperty("verdict");
    }
  });
});
