import type { SteeringAnswer } from "../../contracts/requests.js";
import type { RunRecord } from "../../contracts/store.js";
import { failureOf } from "../../errors/failure-of.js";
import { NanobrainError, nanobrainError } from "../../errors/nanobrain-error.js";
import { Driver } from "../../host/driver.js";
import { lostAttempts } from "../../host/open-run.js";
import type { HostParts } from "../../host/parts.js";
import { decide } from "../../kernel/decide.js";
import type { RunEvent, Unstamped } from "../../kernel/event.js";
import { evolve } from "../../kernel/evolve.js";
import { createTree, type RunTree } from "../../kernel/state.js";
import type { Plan } from "../../plan/plan.js";
import type { RunSettings } from "../../values/parts.js";
import { judge } from "./judge.js";
import type { Asked } from "./steer-driven.js";

const PAGE = 5000;

export type Unheld = {
  readonly parts: HostParts;
  readonly settings: RunSettings;
  readonly record: RunRecord;
  readonly plan: Plan;
  /** Of the claim, which the caller has. */
  readonly epoch: number;
  readonly by: string;
};

/**
 * Journals what is asked of a run that nobody drives, all or nothing, and starts no attempt: what follows from it is decided
 * when the run is resumed. A cancelled run ends at once. What the journal has already, by the id of its request, is not done
 * again: its process died before it could answer. One answer for each, in order.
 */
export async function steerUnheld(unheld: Unheld, asked: readonly Asked[]): Promise<readonly SteeringAnswer[]> {
  const { parts, record, plan, settings } = unheld;
  const tree = createTree(plan);
  const seen = new Set<string>();
  for (;;) {
    const page = await parts.store.events(record.id, tree.seq, PAGE);
    for (const event of page) {
      evolve(tree, event);
      if (event.request !== undefined) seen.add(event.request);
    }
    if (page.length < PAGE) break;
  }
  const last = (await parts.store.events(record.id, tree.seq - 1, 1)).at(-1);
  const events: RunEvent[] = [];
  const add = (input: Unstamped): void => {
    const event = { seq: tree.seq + 1, at: parts.clock.now(), ...input } as RunEvent;
    evolve(tree, event);
    events.push(event);
  };
  const answers: SteeringAnswer[] = [];
  for (const { action, by, request } of asked) {
    if (request !== undefined && seen.has(request)) {
      answers.push({ status: "done", text: "taken in before the process that drove it ended" });
      continue;
    }
    const verdict = await judge({ parts, tree, action, by }).catch(refusedBy);
    if (verdict.status === "apply") add({ ...verdict.input, ...(request === undefined ? {} : { request }) });
    answers.push(verdict.status === "apply" ? { status: "done", text: verdict.text } : verdict);
  }
  if (tree.cancelled && !tree.ended) {
    for (const input of [taken(unheld), ...lostAttempts(tree, last), ...lostUndos(tree)]) add(input);
    for (let next = decide(tree, parts.clock.now(), never); next !== undefined; ) {
      add(next);
      next = decide(tree, parts.clock.now(), never);
    }
  }
  if (events.length > 0) {
    await parts.store.commit([{ runId: record.id, events, record: new Driver(parts, settings, tree).record() }]);
  }
  return answers;
}

/** What the process that is gone was undoing: nobody goes on with it, and the journal says so. */
function lostUndos(tree: RunTree): readonly Unstamped[] {
  return tree.runs.flatMap((run): Unstamped[] => {
    const undoing = run?.recovery.rolling?.undoing;
    if (undoing === undefined) return [];
    const failure = failureOf("E_CANCELLED", { reason: "its process ended before it did" });
    return [{ type: "undo.ended", ...undoing.entry.cell, id: undoing.id, failure }];
  });
}

const never = (): boolean => false;

function taken({ epoch, by }: Unheld): Unstamped {
  return { type: "run.taken", epoch, by };
}

/** An error of the catalogue as an answer. */
export function refusedBy(error: unknown): Extract<SteeringAnswer, { status: "refused" }> {
  const known =
    error instanceof NanobrainError ? error : nanobrainError("E_INTERNAL", { what: String(error) }, { cause: error });
  const { code, details, hint } = known;
  return { status: "refused", code, details, ...(hint === undefined ? {} : { hint }) };
}
