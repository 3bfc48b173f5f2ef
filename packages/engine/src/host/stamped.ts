import type { RunEvent, Unstamped } from "../kernel/event.js";

/** The input or decision as an event. The members of the two most frequent kinds are named, as copying unnamed ones takes longer. */
export function stamped(seq: number, at: number, input: Unstamped): RunEvent {
  if (input.type === "attempt.started") {
    const { type, run, node, n, c, attempt, fallback } = input;
    return { seq, at, type, run, node, n, c, attempt, fallback };
  }
  if (input.type === "attempt.succeeded" && input.cache === undefined && input.usage !== undefined) {
    const { type, run, node, n, c, id, out, links, usage } = input;
    return { seq, at, type, run, node, n, c, id, out, links, usage };
  }
  return { seq, at, ...input } as RunEvent;
}
