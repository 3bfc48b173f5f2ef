import type { Cell } from "./event.js";
import type { RunTree, Timer } from "./state.js";

/** Keeps the timers in order of their due times, those of equal times in order of arrival. */
export function addTimer(tree: RunTree, timer: Timer): void {
  let low = 0;
  let high = tree.timers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tree.timers[middle]?.due ?? 0) <= timer.due) low = middle + 1;
    else high = middle;
  }
  tree.timers.splice(low, 0, timer);
}

/** Takes out the timer of that kind of a cell, if it has one. */
export function removeTimer(tree: RunTree, kind: Timer["kind"], { run, node, n, c }: Cell): void {
  const at = tree.timers.findIndex(
    (timer) => timer.kind === kind && timer.run === run && timer.node === node && timer.n === n && timer.c === c,
  );
  if (at >= 0) tree.timers.splice(at, 1);
}
