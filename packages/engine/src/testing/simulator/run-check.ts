import { isDeepStrictEqual } from "node:util";
import type { RunRecord } from "../../contracts/store.js";
import type { Driver } from "../../host/driver.js";
import type { RunEvent } from "../../kernel/event.js";
import { snapshot } from "../../kernel/snapshot.js";
import { withoutFailures } from "../plan-builder.js";
import { lostFirings } from "../reaction-properties.js";
import { referenceOutcome } from "../reference-outcome.js";
import { checkJournal, type JournalReport, outputsOf } from "./journal-rules.js";
import type { ScenarioRun } from "./scenario.js";
import type { Witness } from "./witness.js";

/** What is left of a run when a simulation is over. */
export type RunRemains = {
  readonly run: ScenarioRun;
  readonly events: readonly RunEvent[];
  readonly record: RunRecord | undefined;
  /** Of the process that is alive at the end. */
  readonly driver: Driver | undefined;
  /** Types of the inputs that somebody was told are on disk. */
  readonly acked: readonly string[];
  readonly witness: Witness;
};

/** The outcome a run must have. Of one that reacts only the status is known. */
export function expectedOf({ acts, isPassing, plan, inputs }: ScenarioRun): string {
  if (acts !== undefined) return "completed";
  return referenceOutcome(isPassing ? withoutFailures(plan) : plan, inputs);
}

/** Everything that is wrong with a run that is over. */
export function checkRun(remains: RunRemains): readonly string[] {
  const { run, events, record, driver, witness } = remains;
  const report = checkJournal(run.plan, events, witness);
  const { tree, outcome } = report;
  const faults = [...report.faults];
  if (record?.status !== tree.runs[0]?.status)
    faults.push(`I4: the index says ${record?.status}, the journal ${outcome}`);
  if (record?.lastSeq !== events.length)
    faults.push(`I4: the index says ${record?.lastSeq} events, there are ${events.length}`);
  if (driver !== undefined && !isDeepStrictEqual(snapshot(driver.tree), snapshot(tree)))
    faults.push("I4: the driver's state is not the fold of the journal");
  return [...faults, ...outcomeFaults(remains, report), ...lostInputs(remains)];
}

function outcomeFaults({ run, events }: RunRemains, { outcome, tree }: JournalReport): readonly string[] {
  if (outcome === "cancelled")
    return events.some((event) => event.type === "run.cancelled") ? [] : ["cancelled by nobody"];
  const expected = expectedOf(run);
  const isMet = run.acts === undefined ? outcome === expected : outcome.startsWith(expected);
  if (!isMet) return [`outcome ${outcome}\ninstead of ${expected}`];
  return run.acts === undefined ? [] : lostFirings(run.plan, events, outputsOf(tree));
}

function lostInputs({ acked, events }: RunRemains): readonly string[] {
  return [...new Set(acked)].flatMap((type) => {
    const told = acked.filter((other) => other === type).length;
    const kept = events.filter((event) => event.type === type).length;
    return kept < told ? [`G1: ${told} ${type} were acknowledged, ${kept} are there`] : [];
  });
}
