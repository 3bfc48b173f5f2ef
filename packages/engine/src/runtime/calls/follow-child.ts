import type { Ask, WorkflowAnswer, WorkflowCall } from "../../contracts/executor.js";
import { NanobrainError } from "../../errors/nanobrain-error.js";
import type { Caller } from "../../host/parts.js";
import { isOver } from "../run-handle.js";
import type { RunHandle, RunResult } from "../runtime.js";

/** A question of a run. `place` names it for good, also among those of the same step; `address`: what `answer` takes. */
export type PlacedAsk = { readonly place: string; readonly address: string; readonly ask: Ask };

export type Followed = RunResult | Extract<WorkflowAnswer, { readonly place: string }>;

/**
 * Follows a called run to its end, or to a question that nobody has answered: those that were are given on to it. Undefined: it rests
 * for another reason, such as a pause.
 */
export async function followChild(
  asksOf: (runId: string) => Promise<readonly PlacedAsk[]>,
  caller: Pick<Caller, "signal" | "away">,
  answers: WorkflowCall["answers"],
  handle: RunHandle,
): Promise<Followed | undefined> {
  for (;;) {
    const result = await caller.away(orAborted(caller.signal, handle.result()));
    if (isOver(result.status)) return result;
    if (result.status !== "waiting") return undefined;
    const asks = await asksOf(handle.id);
    const open = asks.filter(({ place }) => answers[place] === undefined);
    const known = asks.filter(({ place }) => answers[place] !== undefined);
    for (const ask of known) if (!(await isTaken(handle, ask, answers))) return { place: ask.place, ask: ask.ask };
    const [first] = open;
    if (known.length === 0) return first && { place: first.place, ask: first.ask };
  }
}

/** False: the run does not take the answer. */
async function isTaken(handle: RunHandle, ask: PlacedAsk, answers: WorkflowCall["answers"]): Promise<boolean> {
  const answer = answers[ask.place];
  if (answer === undefined) return false;
  try {
    await handle.answer(ask.address, answer.decision, answer.by);
    return true;
  } catch (error) {
    if (error instanceof NanobrainError && error.code === "E_ANSWER") return false;
    throw error;
  }
}

/** Rejects with the signal's reason as soon as it aborts. */
export function orAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
