import type { Cell, RunEvent } from "../kernel/event.js";
import { choicesText } from "./narrate-reactions.js";
import { begin, carry, endAttempt, type ProgressState, queuesBefore, startAttempt } from "./progress-state.js";
import { createTally, type Tally } from "./tally.js";
import { changeTrigger, takeOut } from "./trace-reactions.js";

/** Waits, loops, emits, triggers and rollbacks. False: the event is none of these. */
export function applyReaction(fold: ProgressState, event: RunEvent): boolean {
  if ("trigger" in event) {
    const trigger = event.run === 0 ? fold.triggers[event.trigger] : undefined;
    if (trigger !== undefined) changeTrigger(trigger, event);
    return true;
  }
  switch (event.type) {
    case "attempt.emitted":
      if (event.run === 0) emit(fold, event);
      return true;
    case "attempt.suspended":
      suspend(fold, event);
      return true;
    case "wait.answered":
    case "wait.over":
      endWait(fold, event);
      return true;
    case "round.started": {
      const tally = event.run === 0 ? fold.tallies[event.node] : undefined;
      if (tally === undefined) return true;
      // An item was counted as done after its last round.
      if (tally.items === null) tally.round = event.round;
      else tally.done--;
      return true;
    }
    case "queue.grown": {
      const queue = event.run === 0 ? fold.queues[event.queue] : undefined;
      if (queue !== undefined) queue.grown = event.capacity;
      return true;
    }
    case "unit.collected":
      if (event.run === 0) fold.unitSet[event.node] ||= fold.seq;
      return true;
    case "link.closed":
      if (event.run === 0) for (const link of event.links) fold.carried[link] ||= fold.seq;
      return true;
    default:
      return applyRollback(fold, event);
  }
}

function applyRollback(fold: ProgressState, event: RunEvent): boolean {
  switch (event.type) {
    case "undo.started":
      startAttempt(fold, event.run);
      if (event.run === 0) remark(fold, event.node, "is being undone");
      return true;
    case "undo.ended":
      endAttempt(fold, event.run);
      return true;
    case "rollback.started":
      fold.rollbacks = { count: fold.rollbacks.count + 1, rolling: true, reason: event.cause.message };
      return true;
    case "run.rolledback":
      fold.rollbacks = { ...fold.rollbacks, rolling: false };
      if (event.run === 0) takeBack(fold, event.to);
      return true;
    default:
      return false;
  }
}

function emit(fold: ProgressState, event: Extract<RunEvent, { readonly type: "attempt.emitted" }>): void {
  carry(fold, event, event.links, event.port);
  const sent = fold.tallies[event.node]?.sent;
  const ports = sent?.get(event.n) ?? new Set();
  sent?.set(event.n, ports.add(event.port));
}

function keyOf({ run, node, n, c }: Cell): string {
  return `${run} ${node} ${n} ${c}`;
}

function ownerOf(fold: ProgressState, { run, node }: Cell): Tally | undefined {
  return fold.tallies[run === 0 ? node : (fold.owner[run] ?? -1)];
}

function suspend(fold: ProgressState, event: Extract<RunEvent, { readonly type: "attempt.suspended" }>): void {
  endAttempt(fold, event.run);
  const tally = ownerOf(fold, event);
  if (event.ask !== undefined && tally !== undefined) {
    fold.asks.set(keyOf(event), tally.node);
    tally.asks++;
  }
  if (tally === undefined || event.run !== 0 || tally.items !== null) return;
  tally.status = "waiting";
  if (event.ask !== undefined) tally.remark = `${event.ask.question}${choicesText(event.ask.choices)}`;
  else if (event.until !== undefined) tally.remark = `until ${new Date(event.until).toISOString()}`;
}

function endWait(fold: ProgressState, event: Cell): void {
  const tally = ownerOf(fold, event);
  if (tally === undefined) return;
  if (fold.asks.delete(keyOf(event))) tally.asks--;
  if (event.run !== 0 || tally.items !== null) return;
  tally.status = "running";
  tally.remark = "";
}

function remark(fold: ProgressState, node: number, text: string): void {
  const tally = fold.tallies[node];
  if (tally !== undefined) tally.remark = text;
}

/** Everything since the event `to` is as if it had not been. What ran there begins again by events of its own. */
function takeBack(fold: ProgressState, to: number): void {
  for (const places of [fold.carried, fold.unitSet])
    for (let index = 0; index < places.length; index++) if ((places[index] ?? 0) > to) places[index] = 0;
  for (const [link, gate] of fold.gates) if (gate.seq > to) fold.gates.delete(link);
  for (const [key, node] of fold.asks) {
    const tally = fold.tallies[node];
    if (tally === undefined || tally.settledIn > to || tally.begunIn > to) fold.asks.delete(key);
  }
  for (const queue of fold.queues) takeOut(queue, to);
  for (const tally of fold.tallies) if (tally !== undefined) takeBackTally(fold, tally, to);
}

function takeBackTally(fold: ProgressState, tally: Tally, to: number): void {
  if (tally.begunIn === 0) return;
  if (tally.begunIn > to) {
    if (tally.endedAt !== null) fold.settled--;
    const planned = fold.root?.nodes[tally.node];
    for (const queue of queuesBefore(fold, tally.node)) queue.taken -= tally.begun;
    const { retried, cached } = tally;
    if (planned !== undefined) fold.tallies[tally.node] = { ...createTally(tally.node, planned), retried, cached };
    return;
  }
  if (tally.endedAt === null || tally.settledIn <= to) return;
  begin(fold, { run: 0, node: tally.node, n: tally.begun, c: 0 }, tally.endedAt);
}
