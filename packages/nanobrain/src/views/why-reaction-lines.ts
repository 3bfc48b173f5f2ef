import { durationText } from "@nanobrain/engine";
import type { WhyActivation, WhyFiring, WhyQueue, WhyReport, WhyRollback, WhyWait } from "@nanobrain/engine/observe";

/** Named facts about what fires, feeds, holds up or takes back a step; none for a step that simply runs. */
export function reactionFacts(report: WhyReport): readonly (readonly [name: string, texts: readonly string[]])[] {
  const since = (at: number): string => durationText(at - report.run.startedAt);
  const { firing } = report;
  return [
    ["fired by", firing === null ? [] : [firingText(firing, since)]],
    ["queue", report.queues.map(queueText)],
    ["waits", report.waits.map((wait) => waitText(wait, report, since))],
    ["runs", activationTexts(report, since)],
    ["rolled back", report.rollbacks.map((one) => rollbackText(one, report, since))],
  ];
}

type Since = (at: number) => string;

function firingText({ trigger, kind, by, at }: WhyFiring, since: Since): string {
  return `${trigger} (${kind.replace("_", " ")})${kind === "manual" ? `, by ${by}` : ""}, ${since(at)} after the run began`;
}

function queueText({ queue, from, entered, waiting, dead, capacity }: WhyQueue): string {
  const letters = dead === 0 ? "" : `, ${dead} dead ${dead === 1 ? "letter" : "letters"}`;
  return `${queue} from ${from}: ${entered} came, ${waiting} of at most ${capacity} waiting${letters}`;
}

function waitText({ item, since: at, ask, until }: WhyWait, { run, step }: WhyReport, since: Since): string {
  const where = item === null ? "" : `item ${item}: `;
  const from = `${where}since ${since(at)} after the run began`;
  if (ask !== null) {
    const path = item === null ? step : `'${step}[${item}]'`;
    return `${from}; nanobrain answer ${run.name} ${path} -d JSON`;
  }
  return until === null ? from : `${from}, for ${durationText(until - at)}`;
}

/** The newest ones, the newest last. */
function activationTexts({ activations, activationCount }: WhyReport, since: Since): readonly string[] {
  const shown = activations.slice(-5);
  const more = activationCount - shown.length;
  const told = shown.map((one) => activationText(one, since));
  return activations.length > 0 && more > 0 ? [`${more} before`, ...told] : told;
}

function activationText({ n, status, startedAt, endedAt, firing, emitted }: WhyActivation, since: Since): string {
  const took = endedAt === null ? "" : ` after ${durationText(endedAt - startedAt)}`;
  const by = firing === null ? "" : `, fired by ${firing.trigger}`;
  const sent = emitted === 0 ? "" : `, sent ${emitted} ${emitted === 1 ? "value" : "values"} on the way`;
  return `${n} began at ${since(startedAt)}${by}: ${status}${took}${sent}`;
}

function rollbackText({ at, step, reason, attempts, undo }: WhyRollback, report: WhyReport, since: Since): string {
  const cause = step === report.step ? "its failure" : step === "" ? "a failure" : `failure of ${step}`;
  const taken = attempts === 0 ? "" : `; ${attempts === 1 ? "1 attempt was" : `${attempts} attempts were`} taken back`;
  const undone =
    undo === null ? "" : undo.failed === null ? "; its on_rollback ran" : `; its on_rollback failed: ${undo.failed}`;
  return `${since(at)} after the run began, by ${cause}: ${reason}${taken}${undone}`;
}
