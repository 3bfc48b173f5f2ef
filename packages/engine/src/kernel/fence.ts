import { emitted } from "./emits.js";
import type { Cell, Unstamped } from "./event.js";
import { errandKey } from "./flow.js";
import { isUndoing } from "./recovery/hooks.js";
import { type OpenCell, openKey, type RunState, type RunTree } from "./state.js";
import { isTriggerWanted } from "./triggers/hooks.js";
import { isAwaited } from "./waits.js";

/** False for what comes too late: results of attempts that are no longer the current ones, answers nobody waits for. */
export function isWanted(tree: RunTree, input: Unstamped): boolean {
  switch (input.type) {
    case "attempt.succeeded":
    case "attempt.failed":
    case "attempt.lost":
    case "attempt.suspended":
    case "effect.recorded":
      return isCurrent(tree, input, input.id);
    case "attempt.emitted":
      return isCurrent(tree, input, input.id) && input.index >= countOf(tree, input, input.port);
    case "unit.updated":
      return isAsked(tree, "unit", { ...input, c: 0 });
    case "activation.measured":
      return isAsked(tree, "measure", { ...input, c: 0 });
    case "activation.gathered":
      return isAsked(tree, "gather", { ...input, c: 0 });
    case "round.judged":
      return isAsked(tree, "judge", input);
    case "wait.answered":
      return !tree.ended && !tree.cancelled && isAwaited(cellOf(tree, input), input);
    case "undo.ended":
      return isUndoing(tree, input.id);
    case "unit.set":
      return !tree.ended && isSettable(tree.runs[input.run], input.node);
    case "trigger.fired":
    case "trigger.armed":
    case "trigger.evaluated":
    case "trigger.failed":
      return isTriggerWanted(tree, input);
    case "run.finished":
      return !tree.ended && !tree.finished;
    case "run.cancelled":
      return !tree.ended && !tree.cancelled;
    case "run.paused":
      return !tree.ended && !tree.paused && !tree.cancelled;
    case "run.unpaused":
      return !tree.ended && tree.paused;
    case "run.resumed":
      return tree.ended && tree.runs[0]?.status === "failed";
    default:
      return true;
  }
}

/** Whether the attempt with this journal number is the one under way in a cell. */
export function isCurrent(tree: RunTree, cell: Cell, id: number): boolean {
  const found = cellOf(tree, cell);
  return found !== undefined && found.status === "running" && found.id === id;
}

function cellOf(tree: RunTree, { run, node, n, c }: Cell): OpenCell | undefined {
  const state = tree.runs[run];
  return state?.open.get(openKey(state, node, n))?.cells.get(c);
}

function countOf(tree: RunTree, { run, node, n }: Cell, port: string): number {
  const state = tree.runs[run];
  const activation = state?.open.get(openKey(state, node, n));
  return activation === undefined ? 0 : emitted(activation, port);
}

function isAsked(tree: RunTree, kind: "unit" | "measure" | "gather" | "judge", { run, node, n, c }: Cell): boolean {
  return !tree.ended && tree.errands.has(errandKey(kind, run, node, n, c));
}

/** Units that nothing feeds. */
function isSettable(run: RunState | undefined, node: number): boolean {
  const plan = run?.workflow.nodes[node];
  return plan?.kind === "unit" && plan.ports.every((port) => port.links.length === 0);
}
