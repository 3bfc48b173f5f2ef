import type { Ask } from "../contracts/executor.js";
import type { RunEvent } from "../kernel/event.js";
import type { Plan } from "../plan/plan.js";
import { createRunPaths } from "./step-path.js";
import { type RunTrace, stoppedAt } from "./trace.js";
import { traceRun } from "./trace-fold.js";

/** A question that waits for a person's answer. `lateAt`: when the time allowed for it is up; null: never. Times are epoch ms. */
export type OpenAsk = Ask & {
  readonly step: string;
  /** Of a question of the step's code. */
  readonly name?: string;
  readonly since: number;
  readonly lateAt: number | null;
};

/** What a run asks people, in the order in which it began to wait for them. */
export function openAsks(plan: Plan, events: Iterable<RunEvent>): readonly OpenAsk[] {
  const trace = traceRun(plan, events);
  if (trace.status !== "running" && trace.status !== "paused") return [];
  const paths = createRunPaths(plan);
  for (const run of trace.runs) if (run !== undefined) paths.enter(run.index, run.workflow, run.parent);
  return trace.runs
    .flatMap((run) =>
      run === undefined || run.takenBack === true || stoppedAt(trace, run) !== null ? [] : asksOf(run, paths.step),
    )
    .sort((a, b) => a.since - b.since);
}

function asksOf(run: RunTrace, name: (run: number, node: number, item?: number) => string): readonly OpenAsk[] {
  const asks: OpenAsk[] = [];
  for (const node of run.plan.steps)
    for (const activation of run.activations[node] ?? []) {
      if (activation.status !== "running") continue;
      for (const { c, status, attempts } of activation.cells.values()) {
        const wait = attempts.at(-1)?.wait;
        if (status !== "waiting" || wait?.ask === undefined) continue;
        const timeoutMs = run.plan.nodes[node]?.step?.timeoutMs ?? null;
        const lateAt = timeoutMs === null ? null : wait.since + timeoutMs;
        const named = wait.name === undefined ? {} : { name: wait.name };
        asks.push({ ...wait.ask, step: name(run.index, node, c), ...named, since: wait.since, lateAt });
      }
    }
  return asks;
}
