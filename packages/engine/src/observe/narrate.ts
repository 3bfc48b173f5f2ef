import type { PortValues, RunEvent } from "../kernel/event.js";
import type { Plan, WorkflowPlan } from "../plan/plan.js";
import { durationText } from "./duration-text.js";
import { tellReaction } from "./narrate-reactions.js";
import { debug, type Narration, type Told, tellError, tellInfo, warn } from "./narration.js";
import { failureTag, outputNote } from "./output-note.js";
import { createRunPaths, type RunPaths } from "./step-path.js";

export type { Narration } from "./narration.js";

/** Tells a journal event by event, in order. `debug` marks what a reader seldom wants, such as a unit's new version. */
export function createNarrator(plan: Plan): (event: RunEvent) => Narration {
  const paths = createRunPaths(plan);
  // What was said of the last failure is not said again as its item is given up.
  let last = "";
  return (event) => {
    if (event.type === "run.started") paths.enter(event.run, event.workflow, "parent" in event ? event.parent : null);
    const plan = paths.workflow("run" in event ? event.run : 0);
    const { level, text } = tellReaction(event, plan) ?? tell(event, plan);
    const step = stepOf(paths, event);
    const said = event.type === "item.failed" && last === `${step} ${event.failure.message}` ? "failed for good" : text;
    if (event.type === "attempt.failed") last = `${step} ${event.failure.message}`;
    return { seq: event.seq, at: event.at, level, step, text: said };
  };
}

function stepOf(paths: RunPaths, event: RunEvent): string {
  if ("trigger" in event) {
    const name = paths.workflow(event.run)?.triggers[event.trigger]?.name ?? `trigger ${event.trigger}`;
    const prefix = paths.prefix(event.run);
    return prefix === "" ? name : `${prefix}/${name}`;
  }
  if ((event.type === "run.started" && "parent" in event) || event.type === "run.reopened") {
    return paths.step(event.parent.run, event.parent.node, event.parent.c);
  }
  if ("node" in event) return paths.step(event.run, event.node, "c" in event ? event.c : undefined);
  return "run" in event && event.run !== 0 ? paths.prefix(event.run) : "";
}

/** A failed step gives its failure alone; the line that says so is that of `activation.failed`. */
function isFailure(out: PortValues): boolean {
  const ports = Object.keys(out);
  return ports.length === 1 && ports[0] === "error";
}

function tell(event: RunEvent, plan: WorkflowPlan | undefined): Told {
  if (event.type.startsWith("run.")) return tellRun(event);
  switch (event.type) {
    case "attempt.started":
      return tellStart(event, plan);
    case "attempt.succeeded":
      return tellInfo(succeeded(event));
    case "attempt.failed":
      return warn(`failed: ${failureTag(event.failure)} ${event.failure.message}`);
    case "attempt.lost":
      return warn(event.cause === "crash" ? "lost: its process died" : "stopped: the process was asked to end");
    case "activation.measured":
      return event.failure === undefined
        ? tellInfo(event.count === 1 ? "1 item" : `${event.count} items`)
        : warn(event.failure.message);
    case "activation.gathered":
      return isFailure(event.out) ? debug("error gathered") : tellInfo(withNote("done", outputNote(event.out)));
    case "activation.reused":
      return tellInfo(`${event.status}, taken over from ${event.from}`);
    case "activation.skipped":
      return tellSkipped(event, plan);
    case "activation.failed":
      return tellError(`failed for good (${event.handling}): ${event.reason}`);
    case "item.failed":
      return warn(`failed for good: ${failureTag(event.failure)} ${event.failure.message}`);
    case "retry.scheduled":
      return warn(`retry ${event.retry} in ${durationText(event.due - event.at)}: ${event.reason}`);
    case "fallback.chosen":
      return warn(`goes on with its fallback: ${event.reason}`);
    case "warning.raised":
      return warn(`${event.code} ${event.message}`);
    default:
      return tellQuiet(event);
  }
}

/** That a unit stays as it is is no news. */
function tellSkipped(
  event: Extract<RunEvent, { readonly type: "activation.skipped" }>,
  plan: WorkflowPlan | undefined,
): Told {
  const text = `skipped: ${event.reason}`;
  return plan?.nodes[event.node]?.kind === "step" ? tellInfo(text) : debug(text);
}

/** Rounds of a loop count as attempts of its step, and are told by themselves. */
function tellStart(
  event: Extract<RunEvent, { readonly type: "attempt.started" }>,
  plan: WorkflowPlan | undefined,
): Told {
  const repeats = plan?.nodes[event.node]?.step?.repeat !== undefined;
  if (event.attempt === 1 || (repeats && !event.fallback)) return debug("started");
  return tellInfo(`attempt ${event.attempt}${event.fallback ? " (fallback)" : ""} started`);
}

function tellQuiet(event: RunEvent): Told {
  switch (event.type) {
    case "unit.updated":
      if (event.failure !== undefined) return warn(`refused: ${event.failure.message}`);
      return debug(event.value === undefined ? "absent" : `version ${event.n}`);
    case "stage.reached":
      return debug(`group ${event.stage + 1}`);
    case "activation.started":
      return debug("inputs taken");
    case "retry.due":
      return debug("is tried again");
    case "effect.recorded":
      return debug(`effect ${event.name} recorded`);
    default:
      return debug(event.type);
  }
}

function succeeded(event: Extract<RunEvent, { readonly type: "attempt.succeeded" }>): string {
  if (event.cache?.outcome === "hit") return withNote("cached", outputNote(event.out));
  const took = event.usage === undefined ? "" : ` in ${durationText(event.usage.durationMs)}`;
  return withNote(`done${took}`, outputNote(event.out));
}

function withNote(text: string, note: string): string {
  return note === "" ? text : `${text} · ${note}`;
}

function tellRun(event: RunEvent): Told {
  switch (event.type) {
    case "run.started":
      return debug("started");
    case "run.reopened":
      return tellInfo("goes on where it stopped");
    case "run.created":
      return tellInfo(`run ${event.name} (${event.id}) of ${event.workflow} created`);
    case "run.paused":
      return tellInfo(`paused by ${event.by}`);
    case "run.unpaused":
      return tellInfo(`goes on, by ${event.by}`);
    case "run.resumed":
      return tellInfo(`tried again, by ${event.by}`);
    case "run.cancelled":
      return warn(`cancelled by ${event.by}: ${event.reason}`);
    case "run.released":
      return tellInfo("released: another process may go on with it");
    case "run.taken":
      return tellInfo(`taken over by ${event.by}`);
    case "run.stopping":
      return tellError(`stopping: ${event.cause.message}`);
    case "run.failed":
      return tellError(`failed: ${event.cause.message}`);
    case "run.closed":
      return warn(event.status);
    case "run.completed":
      return event.run === 0 ? tellInfo("completed") : debug("completed");
    default:
      return debug(event.type.slice("run.".length));
  }
}
