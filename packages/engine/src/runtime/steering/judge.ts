import type { SteeringAction } from "../../contracts/requests.js";
import type { RunStatus } from "../../contracts/store.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import type { RunTree } from "../../kernel/state.js";
import { type Judging, type Verdict, wrongState } from "./verdict.js";

/** Checks an action against a run before anything is journaled. Rejects with what is wrong with it. */
export async function judge(judging: Judging): Promise<Verdict> {
  const { tree, action, by } = judging;
  const over = endOf(tree);
  if (over !== undefined) return judgeOver(judging, over);
  switch (action.type) {
    case "pause":
      if (tree.cancelled) throw wrongState(tree, "pause", "cancelled");
      if (tree.paused) return { status: "nothing", text: "paused already" };
      return { status: "apply", input: { type: "run.paused", by }, text: pausedText(tree) };
    case "unpause":
      if (!tree.paused) return { status: "nothing", text: "not paused" };
      return { status: "apply", input: { type: "run.unpaused", by }, text: "goes on" };
    case "cancel":
      if (tree.cancelled) return { status: "nothing", text: "being cancelled already" };
      return {
        status: "apply",
        input: { type: "run.cancelled", by, reason: action.reason },
        text: "cancelled",
      };
    case "finish":
      return judgeFinish(judging);
    case "trigger":
      return (await import("./judge-trigger.js")).judgeTrigger(judging, action);
    case "answer":
      return (await import("./judge-answer.js")).judgeAnswer(judging, action);
    case "set":
      return (await import("./judge-set.js")).judgeSet(judging, action);
  }
}

/** Its end, if the run has one. */
function endOf(tree: RunTree): RunStatus | undefined {
  const status = tree.runs[0]?.status;
  return tree.ended && (status === "completed" || status === "failed" || status === "cancelled") ? status : undefined;
}

/** An ended run has nothing to steer; a failed one may be tried again. */
function judgeOver({ tree, action, by }: Judging, status: RunStatus): Verdict {
  if (action.type === "cancel" && status === "cancelled") return { status: "nothing", text: "cancelled already" };
  if (action.type === "unpause" && status === "failed")
    return { status: "apply", input: { type: "run.resumed", by }, text: "goes on: what failed is tried again" };
  throw wrongState(tree, nameOf(action), status);
}

function judgeFinish({ tree, by }: Judging): Verdict {
  if (tree.cancelled) throw wrongState(tree, "finish", "cancelled");
  if (tree.finished) return { status: "nothing", text: "being finished already" };
  if (tree.plan.workflows.every((one) => one.completion !== "manual" && one.triggers.length === 0)) {
    const problem = `Cannot finish run ${tree.name}: it ends by itself, as nothing in it has triggers or completion: manual`;
    throw nanobrainError("E_USAGE", { problem });
  }
  return {
    status: "apply",
    input: { type: "run.finished", by },
    text: "its triggers close; it completes once what was begun has ended",
  };
}

function pausedText(tree: RunTree): string {
  let running = 0;
  for (const run of tree.runs) {
    for (const activation of run?.open.values() ?? [])
      for (const cell of activation.cells.values()) if (cell.status === "running" && cell.child < 0) running++;
  }
  if (running === 0) return "paused";
  return `paused: ${running} running ${running === 1 ? "attempt finishes" : "attempts finish"}, nothing new starts`;
}

function nameOf(action: SteeringAction): string {
  return action.type === "unpause" ? "resume" : action.type;
}
