import type { RunEvent } from "../kernel/event.js";
import { evolve } from "../kernel/evolve.js";
import { createTree, type RunTree } from "../kernel/state.js";
import { stepPath } from "../kernel/step-path.js";
import type { Plan } from "../plan/plan.js";

/** A journal in short lines such as `start a`, `start a 2`, `fail a network`, `ok a`, `skip b`. Units and bookkeeping are left out. */
export function storyOf(plan: Plan, journal: readonly RunEvent[]): readonly string[] {
  const tree = createTree(plan);
  return journal.flatMap((event) => {
    const line = lineOf(tree, event);
    evolve(tree, event);
    return line === undefined ? [] : [line];
  });
}

function lineOf(tree: RunTree, event: RunEvent): string | undefined {
  const at = (run: number, node: number, c?: number) => stepPath(tree, run, node, c);
  switch (event.type) {
    case "attempt.started":
      return `${event.fallback ? "start fallback" : "start"} ${at(event.run, event.node, event.c)}${event.attempt > 1 ? ` ${event.attempt}` : ""}`;
    case "attempt.succeeded":
      return `ok ${at(event.run, event.node, event.c)}`;
    case "attempt.failed":
      return `fail ${at(event.run, event.node, event.c)} ${event.failure.kind}`;
    case "attempt.lost":
      return `lose ${at(event.run, event.node, event.c)}`;
    case "retry.scheduled":
      return `wait ${at(event.run, event.node, event.c)}`;
    case "fallback.chosen":
      return `fallback ${at(event.run, event.node, event.c)}`;
    case "item.failed":
      return `give up ${at(event.run, event.node, event.c)}`;
    case "activation.skipped":
      return `skip ${at(event.run, event.node)}`;
    case "activation.failed":
      return `${event.handling} ${at(event.run, event.node)} ${event.failure.code}`;
    case "activation.gathered":
      return `gather ${at(event.run, event.node)}`;
    case "attempt.emitted":
      return `emit ${at(event.run, event.node, event.c)} ${event.port} ${event.index}`;
    case "attempt.suspended":
      return `suspend ${at(event.run, event.node, event.c)}`;
    case "wait.answered":
      return `answer ${at(event.run, event.node, event.c)}`;
    case "wait.over":
      return `${event.late ? "late" : "wake"} ${at(event.run, event.node, event.c)}`;
    case "round.started":
      return `round ${event.round} ${at(event.run, event.node, event.c)}`;
    case "trigger.fired":
      return `fire ${tree.runs[event.run]?.workflow.triggers[event.trigger]?.name ?? ""}`;
    case "item.dead":
      return `dead ${at(event.run, event.node)}`;
    case "queue.grown":
      return `grow ${tree.runs[event.run]?.workflow.queues[event.queue]?.name ?? ""}`;
    case "undo.started":
      return `undo ${at(event.run, event.node, event.c)}`;
    default:
      return lineOfRun(tree, event);
  }
}

function lineOfRun(tree: RunTree, event: RunEvent): string | undefined {
  const at = (run: number, node: number, c?: number) => stepPath(tree, run, node, c);
  switch (event.type) {
    case "rollback.started":
    case "run.rolledback":
    case "run.closing":
      return `${event.type.replace("run.", "")}${event.run > 0 ? ` ${event.run}` : ""}`;
    case "stage.reached":
      return `stage ${event.stage}`;
    case "run.started":
      return "parent" in event ? `child ${at(event.parent.run, event.parent.node, event.parent.c)}` : undefined;
    case "run.reopened":
      return `reopen ${at(event.parent.run, event.parent.node, event.parent.c)}`;
    case "run.stopping":
    case "run.failed":
    case "run.completed":
    case "run.closed":
    case "run.resumed":
      return `${event.type.slice(4)}${"run" in event && event.run > 0 ? ` ${event.run}` : ""}`;
    default:
      return undefined;
  }
}
