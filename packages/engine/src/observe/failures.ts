import type { Failure } from "../contracts/failure.js";
import { createRunPaths } from "./step-path.js";
import type { ActivationTrace, RunTrace, Trace } from "./trace.js";

export type ListedFailure = { readonly step: string; readonly failure: Failure; readonly handling: string };

/**
 * Every failure that stands: what a later attempt, a fallback or a resume mended is left out. Inner steps come before
 * the nested workflow or mapped step that failed because of them. `handling` is `continue`, `stop`, `rollback`, or
 * `tolerated` for an item within `max_failures`. A refused output is listed under the output's name, a trigger under its own. What a
 * rollback took back is left out, unless the run stopped with it.
 */
export function listFailures(trace: Trace): readonly ListedFailure[] {
  const paths = createRunPaths(trace.plan);
  for (const run of trace.runs) if (run !== undefined) paths.enter(run.index, run.workflow, run.parent);
  const found: ListedFailure[] = [];
  const newest = newestRuns(trace);
  for (const run of [...trace.runs].reverse()) {
    if (run === undefined || run.takenBack === true || !newest.has(run.index)) continue;
    for (const node of run.plan.nodes.keys()) found.push(...failuresOf(run, node, paths.step));
    found.push(...failedTriggers(run, paths.prefix(run.index)), ...stoppedByRollback(run));
  }
  return [...found, ...ownFailure(trace, found)];
}

/** Child runs that no later try of the same item replaced. */
function newestRuns(trace: Trace): ReadonlySet<number> {
  const byCell = new Map<string, number>();
  for (const run of trace.runs) {
    if (run === undefined) continue;
    const cell = run.parent === null ? "root" : `${run.parent.run}/${run.parent.node}/${run.parent.n}/${run.parent.c}`;
    byCell.set(cell, run.index);
  }
  return new Set(byCell.values());
}

/** Triggers that were switched off. */
function failedTriggers(run: RunTrace, prefix: string): readonly ListedFailure[] {
  return run.triggers.flatMap(({ off, failure }, index) => {
    const name = run.plan.triggers[index]?.name ?? "";
    const handling = run.cause === undefined ? "continue" : "stop";
    return off && failure !== undefined
      ? [{ step: prefix === "" ? name : `${prefix}/${name}`, failure, handling }]
      : [];
  });
}

/** `rollback_on_failure`: the step is as it was at the checkpoint, and its failure stands. */
function stoppedByRollback(run: RunTrace): readonly ListedFailure[] {
  const last = run.rollbacks.at(-1);
  if (last === undefined || !last.stop || run.status !== "failed") return [];
  return [{ step: last.step, failure: last.cause, handling: "rollback" }];
}

type Naming = (run: number, node: number, item?: number) => string;

function failuresOf(run: RunTrace, node: number, name: Naming): ListedFailure[] {
  const refused = run.units[node]?.failure;
  if (refused !== undefined)
    return [
      {
        step: name(run.index, node),
        failure: refused,
        handling: run.units[node]?.stopped === false ? "continue" : "stop",
      },
    ];
  return (run.activations[node] ?? []).flatMap((activation) => [
    ...failedItems(
      activation,
      (item) => name(run.index, node, item),
      run.plan.nodes[node]?.step?.forEach !== undefined,
    ),
    ...(activation.status === "failed" && activation.failure !== undefined
      ? [{ step: name(run.index, node), failure: activation.failure, handling: activation.handling ?? "stop" }]
      : []),
  ]);
}

function failedItems(activation: ActivationTrace, name: (item: number) => string, mapped: boolean): ListedFailure[] {
  if (!mapped) return [];
  const handling = activation.status === "failed" ? (activation.handling ?? "stop") : "tolerated";
  return [...activation.cells.values()].flatMap((cell) =>
    cell.status === "failed" && cell.failure !== undefined
      ? [{ step: name(cell.c), failure: cell.failure, handling }]
      : [],
  );
}

/** A run can fail by itself, such as by its own timeout. */
function ownFailure(trace: Trace, listed: readonly ListedFailure[]): readonly ListedFailure[] {
  const cause = trace.runs[0]?.cause?.failure;
  if (trace.status !== "failed" || cause === undefined || listed.some((one) => one.handling !== "tolerated")) return [];
  return [{ step: "", failure: cause, handling: "stop" }];
}
