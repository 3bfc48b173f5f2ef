import { type Heap, pop, push } from "./heap.js";

/** Work with times, for planning: who comes before whom, and what takes a lane (units take none, and no time). */
export type Tasks = {
  readonly ms: Float64Array;
  readonly takesLane: Uint8Array;
  readonly before: readonly (readonly number[])[];
  readonly after: readonly (readonly number[])[];
};

export type Schedule = { readonly start: Float64Array; readonly end: Float64Array; readonly makespanMs: number };

type Play = {
  readonly tasks: Tasks;
  /** Tasks by priority, and the place of each in it. */
  readonly order: Int32Array;
  readonly place: Int32Array;
  /** Tasks before each that have not ended. */
  readonly missing: Int32Array;
  readonly start: Float64Array;
  readonly end: Float64Array;
  /** Places of the tasks that are ready. */
  readonly ready: Heap;
  readonly running: number[];
  now: number;
};

/** What would happen on so many equal lanes if, of the tasks that are ready, the one with the highest priority went first. */
export function listSchedule(tasks: Tasks, lanes: number, priority: Float64Array): Schedule {
  const play = begin(tasks, priority);
  for (;;) {
    while (play.running.length < lanes && play.ready.length > 0) startNext(play);
    if (play.running.length === 0) return { start: play.start, end: play.end, makespanMs: play.now };
    play.now = play.end[play.running[earliest(play)] ?? 0] ?? play.now;
    for (let at = earliest(play); at >= 0 && isOver(play, at); at = earliest(play)) {
      settle(play, play.running.splice(at, 1));
    }
  }
}

function begin(tasks: Tasks, priority: Float64Array): Play {
  const count = tasks.ms.length;
  const order = Int32Array.from(tasks.ms.keys()).sort((a, b) => (priority[b] ?? 0) - (priority[a] ?? 0) || a - b);
  const place = new Int32Array(count);
  for (let at = 0; at < count; at++) place[order[at] ?? 0] = at;
  const missing = Int32Array.from(tasks.before, (before) => before.length);
  const [start, end] = [new Float64Array(count), new Float64Array(count)];
  const play: Play = { tasks, order, place, missing, start, end, ready: [], running: [], now: 0 };
  const ended: number[] = [];
  for (let task = 0; task < count; task++) if (missing[task] === 0) arrive(play, task, ended);
  settle(play, ended);
  return play;
}

function startNext(play: Play): void {
  const task = play.order[pop(play.ready) ?? 0] ?? 0;
  play.start[task] = play.now;
  play.end[task] = play.now + (play.tasks.ms[task] ?? 0);
  play.running.push(task);
}

/** The position of the task under way that ends first, or -1. Lanes are few. */
function earliest({ running, end }: Play): number {
  let best = running.length - 1;
  for (let at = best - 1; at >= 0; at--) {
    if ((end[running[at] ?? 0] ?? 0) < (end[running[best] ?? 0] ?? 0)) best = at;
  }
  return best;
}

const isOver = (play: Play, at: number): boolean => (play.end[play.running[at] ?? 0] ?? 0) <= play.now;

/** What follows from tasks that ended; `ended` is used up. */
function settle(play: Play, ended: number[]): void {
  for (let task = ended.pop(); task !== undefined; task = ended.pop()) {
    for (const next of play.tasks.after[task] ?? []) {
      play.missing[next] = (play.missing[next] ?? 0) - 1;
      if (play.missing[next] === 0) arrive(play, next, ended);
    }
  }
}

function arrive(play: Play, task: number, ended: number[]): void {
  if (play.tasks.takesLane[task] === 1) {
    push(play.ready, play.place[task] ?? 0);
    return;
  }
  play.start[task] = play.now;
  play.end[task] = play.now;
  ended.push(task);
}
