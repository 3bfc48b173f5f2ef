import type { Failure } from "../contracts/failure.js";
import type { PortValues, RunEvent } from "../kernel/event.js";
import type { WorkflowPlan } from "../plan/plan.js";
import { durationText } from "./duration-text.js";
import { debug, type Told, tellError, tellInfo, warn } from "./narration.js";
import { failureTag } from "./output-note.js";
import { targetName } from "./step-path.js";

/** Tells of triggers, waits, loops, queues, rollbacks and the end of event-driven runs. Undefined: the event is none of these. */
export function tellReaction(event: RunEvent, plan: WorkflowPlan | undefined): Told | undefined {
  if ("trigger" in event) return tellTrigger(event, plan);
  switch (event.type) {
    case "attempt.suspended":
      return tellInfo(suspended(event));
    case "wait.answered":
      return tellInfo(`answered by ${event.by}${decisionNote(event.out)}`);
    case "wait.over":
      return tellLate(event);
    case "round.judged":
      return event.failure === undefined ? debug(judged(event)) : warn(event.failure.message);
    case "round.started":
      return tellInfo(`round ${event.round}`);
    case "attempt.emitted":
      return debug(`sent ${event.port} ${event.index + 1}`);
    case "item.dead":
      return warn(`dead letter: ${failureText(event.failure)}`);
    case "queue.grown":
      return warn(`queue ${plan?.queues[event.queue]?.name ?? event.queue} grows to ${event.capacity} items`);
    case "item.reused":
      return debug(`taken over from ${event.from}`);
    case "unit.set":
      return tellInfo(`set by ${event.by}`);
    case "unit.collected":
      return debug("has all it will get");
    case "link.closed":
      return warn(`nothing more will come: ${closedPorts(event.links, plan)}`);
    default:
      return tellRecovery(event);
  }
}

function tellRecovery(event: RunEvent): Told | undefined {
  switch (event.type) {
    case "checkpoint.taken":
      return debug(`checkpoint ${event.reason}`);
    case "rollback.started":
      return warn(`rolls back to checkpoint ${event.to}: ${event.cause.message}`);
    case "undo.started":
      return tellInfo("is undone");
    case "undo.ended":
      return event.failure === undefined ? debug("undone") : warn(`could not be undone: ${failureText(event.failure)}`);
    case "run.rolledback":
      return tellInfo(
        `rolled back to checkpoint ${event.to}${event.rollbacks > 1 ? ` (${event.rollbacks} times)` : ""}`,
      );
    case "run.closing":
      return debug("triggers close: nothing is left to do");
    case "run.finished":
      return tellInfo(`to be finished, by ${event.by}: triggers close`);
    case "hook.ended":
      return event.failure === undefined
        ? debug(`${event.hook} done`)
        : warn(`${event.hook} failed: ${failureText(event.failure)}`);
    default:
      return undefined;
  }
}

type TriggerEvent = Extract<RunEvent, { readonly type: `trigger.${string}` }>;

function tellTrigger(event: TriggerEvent, plan: WorkflowPlan | undefined): Told {
  switch (event.type) {
    case "trigger.fired":
      return tellInfo(`fired${firedNote(event, plan)}`);
    case "trigger.armed":
      return debug(armed(event));
    case "trigger.evaluated":
      return debug(`${event.holds ? "holds" : "does not hold"}: ${event.reason}`);
    case "trigger.failed":
      return warn(`failed: ${failureText(event.failure)}`);
    case "trigger.retried":
      return warn(`retry ${event.retry} in ${durationText(event.due - event.at)}`);
    case "trigger.escalated":
      return tellError(`failed for good (${event.handling}): ${failureText(event.failure)}`);
  }
}

/** A short text that came along is shown, such as the path of a file; who fired it where it was no part of the document. */
function firedNote(
  event: Extract<RunEvent, { readonly type: "trigger.fired" }>,
  plan: WorkflowPlan | undefined,
): string {
  const kind = plan?.triggers[event.trigger]?.kind;
  const { payload } = event;
  const text = payload !== undefined && "json" in payload && typeof payload.json === "string" ? payload.json : "";
  const by = kind === "manual" ? ` by ${event.by}` : "";
  return `${by}${text === "" || text.length > 200 ? "" : `: ${text}`}`;
}

function armed({ due, missed, at }: Extract<RunEvent, { readonly type: "trigger.armed" }>): string {
  const late = missed === 0 ? "" : `, ${missed} missed`;
  return due === null ? `is due never again${late}` : `is due in ${durationText(due - at)}${late}`;
}

function suspended({ until, ask, at }: Extract<RunEvent, { readonly type: "attempt.suspended" }>): string {
  if (ask !== undefined) return `waits for an answer: ${ask.question}${choicesText(ask.choices)}`;
  return until === undefined
    ? "waits"
    : `waits for ${durationText(until - at)}, until ${new Date(until).toISOString()}`;
}

/** ` (yes | no)`; empty where anything goes. */
export function choicesText(choices: readonly unknown[] | undefined): string {
  if (choices === undefined || choices.length === 0) return "";
  const told = choices.slice(0, 8).map((one) => (typeof one === "string" ? one : JSON.stringify(one)));
  return ` (${told.join(" | ")}${choices.length > 8 ? " | ..." : ""})`;
}

function tellLate({ late, out }: Extract<RunEvent, { readonly type: "wait.over" }>): Told {
  if (!late) return tellInfo("the moment has come");
  return out === undefined
    ? warn("not answered in time")
    : warn(`not answered in time: goes on as answered${decisionNote(out)}`);
}

function decisionNote(out: PortValues): string {
  const decision = out["decision"];
  if (decision === undefined || !("json" in decision)) return "";
  const text = typeof decision.json === "string" ? decision.json : JSON.stringify(decision.json);
  return text.length > 200 ? "" : `: ${text}`;
}

function judged({ stop, reason }: Extract<RunEvent, { readonly type: "round.judged" }>): string {
  return stop ? `last round: ${reason}` : reason;
}

function closedPorts(links: readonly number[], plan: WorkflowPlan | undefined): string {
  const names = links.flatMap((index) => {
    const link = plan?.links[index];
    return link === undefined || plan === undefined ? [] : [targetName(plan, link)];
  });
  return [...new Set(names)].join(", ");
}

function failureText(failure: Failure): string {
  return `${failureTag(failure)} ${failure.message}`;
}
