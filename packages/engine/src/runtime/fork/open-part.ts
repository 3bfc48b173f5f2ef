import { nanobrainError } from "../../errors/nanobrain-error.js";
import type { PlanNode } from "../../plan/plan.js";
import type { PathPart } from "./fork-path.js";
import type { Forking, LevelWish } from "./forking.js";
import type { SourceNode } from "./source-run.js";

type Opening = {
  readonly fork: Forking;
  readonly wish: LevelWish;
  readonly node: number;
  readonly found: SourceNode;
  /** The fork begins somewhere inside the step. */
  readonly within: boolean;
  /** Its workflow is not what it was: no result of a whole item is taken over. */
  readonly changed: boolean;
  /** Takes over what can be in a child run that has just begun. */
  descend(wish: LevelWish): Promise<void>;
};

/**
 * Begins a nested or mapped step with what is settled inside it. False: nothing inside can be taken over, it runs as a whole.
 * Loops begin again at their first round. No more items are under way than the step allows at once; of further ones only
 * whole results are taken over.
 */
export async function openPart(opening: Opening): Promise<boolean> {
  const { wish, node, within } = opening;
  const { step } = wish.workflow.nodes[node] as PlanNode;
  const path = within ? wish.path : undefined;
  if (step?.forEach !== undefined) return openMap(opening, path);
  if (step?.workflow === undefined || step.repeat !== undefined) return false;
  return openChild(opening, 0, path?.slice(1));
}

/** Begins the child run of an item; `path`: where within it the fork begins. False: there was none to take over from. */
async function openChild(opening: Opening, c: number, path: readonly PathPart[] | undefined): Promise<boolean> {
  const { fork, wish, node, found } = opening;
  const { step, name } = wish.workflow.nodes[node] as PlanNode;
  const workflow = fork.wish.plan.workflows[step?.workflow ?? -1];
  const source = wish.sourceRuns.get(found.children.get(c) ?? -1);
  if (workflow === undefined || source === undefined) return false;
  const index = fork.tree.runs.length;
  const parent = { run: wish.index, node, n: 1, c };
  fork.add({ type: "run.started", run: index, workflow: step?.workflow ?? -1, parent });
  const prefix = `${wish.prefix}${name}${step?.forEach === undefined ? "" : `[${c}]`}/`;
  await opening.descend({ index, source, sourceRuns: wish.sourceRuns, workflow, path, prefix });
  return true;
}

async function openMap(opening: Opening, path: readonly PathPart[] | undefined): Promise<boolean> {
  const { fork, wish, node, found, changed } = opening;
  if (found.items.size + found.children.size === 0) return false;
  const { step, name } = wish.workflow.nodes[node] as PlanNode;
  fork.add({ type: "activation.started", run: wish.index, node, n: 1 });
  const measured = await fork.answer("measure", wish.index, node);
  const count = measured?.type === "activation.measured" ? measured.count : 0;
  const [first, ...rest] = path ?? [];
  if (first?.item !== undefined && first.item >= count) {
    const problem = `Cannot rerun from ${fork.wish.from}: ${name} has ${count} items, numbered from 0`;
    throw nanobrainError("E_USAGE", { problem });
  }
  let room = step?.forEach?.concurrency ?? 1;
  for (let c = 0; c < count; c++) {
    const item = `${wish.prefix}${name}[${c}]`;
    const isAsked = first !== undefined && (first.item === undefined || first.item === c);
    const out = found.items.get(c);
    if (out !== undefined && !isAsked && !changed) {
      fork.add({ type: "item.reused", run: wish.index, node, n: 1, c, out, from: fork.wish.source.id });
      fork.shared.push(item);
      continue;
    }
    const mayOpen =
      room > 0 && step?.repeat === undefined && step?.workflow !== undefined && !(isAsked && rest.length === 0);
    if (mayOpen && (await openChild(opening, c, isAsked ? rest : undefined))) room -= 1;
    else fork.again.push({ step: item, reason: isAsked ? "it was asked for" : reasonOf(out !== undefined) });
  }
  return true;
}

function reasonOf(wasDone: boolean): string {
  return wasDone ? "its workflow changed" : "it had not ended";
}
