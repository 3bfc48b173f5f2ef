import type { RunEvent } from "../kernel/event.js";

export type LifecycleState =
  | "configuration"
  | "validation"
  | "dependency"
  | "initialization"
  | "ready"
  | "executing"
  | "paused"
  | "error"
  | "recovery"
  | "failed"
  | "completed"
  | "cancelling"
  | "cancelled"
  | "cleanup"
  | "closed";

/** The changes allowed. *Monitoring* is an activity beside executing, not a state. */
export const allowedTransitions: { readonly [State in LifecycleState]: readonly LifecycleState[] } = {
  configuration: ["validation"],
  validation: ["dependency"],
  dependency: ["initialization"],
  initialization: ["ready"],
  ready: ["executing"],
  executing: ["paused", "error", "completed", "cancelling"],
  paused: ["executing", "cancelling"],
  error: ["recovery"],
  recovery: ["executing", "failed"],
  failed: ["cleanup"],
  completed: ["cleanup"],
  cancelling: ["cancelled"],
  cancelled: ["cleanup"],
  cleanup: ["closed"],
  closed: [],
};

/** `from` null opens a pass: 1 is the run's first, each `resume` of a failed run begins another one at `ready`. */
export type Transition = {
  readonly pass: number;
  readonly from: LifecycleState | null;
  readonly to: LifecycleState;
  readonly at: number;
  readonly reason: string;
};

/** The run was watched from `from` to `to` (null: still is), while `events` events came in. */
export type Monitoring = { readonly from: number; to: number | null; events: number };

export type Lifecycle = {
  readonly state: LifecycleState;
  readonly transitions: readonly Transition[];
  readonly monitoring: readonly Monitoring[];
};

type Course = {
  pass: number;
  state: LifecycleState | null;
  /** A pause that came while an error was being handled: taken when the run executes again. */
  pausing: boolean;
  /** What is rolled back fails then (`rollback_on_failure`). */
  stopsThere?: boolean;
  readonly transitions: Transition[];
  readonly monitoring: Monitoring[];
};

/** The states a run went through, with times: the seed's life cycle, read off the journal. */
export function lifecycle(events: Iterable<RunEvent>): Lifecycle {
  const course: Course = { pass: 0, state: null, pausing: false, transitions: [], monitoring: [] };
  let last = 0;
  for (const event of events) {
    follow(course, event);
    const watched = course.monitoring.at(-1);
    if (watched !== undefined && watched.to === null) watched.events++;
    last = event.at;
  }
  if (isEnded(course.state)) advance(course, "closed", last, "resources released");
  return { state: course.state ?? "configuration", transitions: course.transitions, monitoring: course.monitoring };
}

function isEnded(state: LifecycleState | null): boolean {
  return state === "completed" || state === "failed" || state === "cancelled" || state === "cleanup";
}

function open(course: Course, state: LifecycleState, at: number, reason: string): void {
  course.pass++;
  course.state = state;
  course.transitions.push({ pass: course.pass, from: null, to: state, at, reason });
}

/** Takes the shortest allowed way to a state. No way: nothing changes. */
function advance(course: Course, to: LifecycleState, at: number, reason: string): void {
  for (const state of wayTo(course.state, to)) {
    course.transitions.push({ pass: course.pass, from: course.state, to: state, at, reason });
    course.state = state;
    watch(course, state, at);
  }
}

function wayTo(from: LifecycleState | null, to: LifecycleState): readonly LifecycleState[] {
  if (from === null || from === to) return [];
  const queue: (readonly LifecycleState[])[] = allowedTransitions[from].map((next) => [next]);
  const seen = new Set<LifecycleState>([from]);
  for (let way = queue.shift(); way !== undefined; way = queue.shift()) {
    const last = way.at(-1);
    if (last === undefined || seen.has(last)) continue;
    if (last === to) return way;
    seen.add(last);
    for (const next of allowedTransitions[last]) queue.push([...way, next]);
  }
  return [];
}

function watch(course: Course, state: LifecycleState, at: number): void {
  const current = course.monitoring.at(-1);
  if (state === "executing") {
    if (current === undefined || current.to !== null) course.monitoring.push({ from: at, to: null, events: 0 });
  } else if (current !== undefined && current.to === null) {
    current.to = at;
  }
}

function follow(course: Course, event: RunEvent): void {
  const { at } = event;
  switch (event.type) {
    case "run.created":
      load(course, event);
      return;
    case "run.started":
      if (event.run === 0) advance(course, "executing", at, "started");
      return;
    case "run.paused":
      if (course.state === "executing") advance(course, "paused", at, `by ${event.by}`);
      else course.pausing = course.state === "error" || course.state === "recovery";
      return;
    case "run.unpaused":
      course.pausing = false;
      if (course.state === "paused") advance(course, "executing", at, `by ${event.by}`);
      return;
    case "run.resumed":
      if (!isEnded(course.state)) return;
      advance(course, "closed", at, "resources released");
      open(course, "ready", at, `tried again by ${event.by}`);
      advance(course, "executing", at, "started");
      return;
    case "run.cancelled":
      advance(course, "cancelling", at, event.reason);
      return;
    default:
      followFailure(course, event);
      return;
  }
}

/** Errors are left as soon as something is decided about them; several at once are one. */
function followFailure(course: Course, event: RunEvent): void {
  const { at } = event;
  switch (event.type) {
    case "attempt.failed":
      if (course.state === "executing") advance(course, "error", at, event.failure.message);
      return;
    case "retry.scheduled":
    case "fallback.chosen":
      recover(course, at, event.reason);
      return;
    case "item.failed":
      recover(course, at, event.failure.message);
      return;
    case "activation.failed":
      if (event.handling === "continue") {
        recover(course, at, event.reason);
        return;
      }
      if (course.state === "executing") advance(course, "error", at, event.failure.message);
      return;
    case "rollback.started":
      if (course.state === "executing") advance(course, "error", at, event.cause.message);
      if (course.state === "error") advance(course, "recovery", at, `rolling back to checkpoint ${event.to}`);
      course.stopsThere = event.stop;
      return;
    case "run.rolledback":
      if (course.stopsThere === true) return;
      recover(course, at, `rolled back to checkpoint ${event.to}`);
      return;
    case "run.stopping":
      if (event.run === 0 && course.state === "executing") advance(course, "error", at, event.cause.message);
      return;
    default:
      followEnd(course, event);
      return;
  }
}

function recover(course: Course, at: number, reason: string): void {
  if (course.state === "executing") advance(course, "error", at, reason);
  if (course.state !== "error" && course.state !== "recovery") return;
  advance(course, "executing", at, reason);
  if (course.pausing) advance(course, "paused", at, "paused while an error was handled");
  course.pausing = false;
}

function followEnd(course: Course, event: RunEvent): void {
  if (!("run" in event) || event.run !== 0) return;
  if (event.type === "run.failed") {
    advance(course, "failed", event.at, event.cause.message);
  } else if (event.type === "run.closed") {
    advance(course, "cancelled", event.at, "cancelled");
  } else if (event.type === "run.completed") {
    advance(course, "completed", event.at, "all steps have settled");
  }
}

/** The phases lie before the run's first event, one after the other. */
function load(course: Course, event: Extract<RunEvent, { readonly type: "run.created" }>): void {
  const order = ["configuration", "validation", "dependency", "initialization"] as const;
  const total = order.reduce((sum, phase) => sum + (event.phases[phase] ?? 0), 0);
  let at = event.at - total;
  open(course, "configuration", at, event.workflow);
  for (const [position, phase] of order.entries()) {
    at += event.phases[phase] ?? 0;
    advance(course, order[position + 1] ?? "ready", position === order.length - 1 ? event.at : at, `${phase} done`);
  }
}
