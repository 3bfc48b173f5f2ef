import type { PlanNode, WorkflowPlan } from "../../plan/plan.js";
import { findLinks } from "../../values/findings.js";
import { compareSteps } from "./compare-steps.js";
import { ForkLevel } from "./fork-level.js";
import { forkPath } from "./fork-path.js";
import { type Fork, Forking, type ForkWish, type LevelWish } from "./forking.js";
import { openPart } from "./open-part.js";
import { readSource, type SourceNode } from "./source-run.js";

/**
 * Works out what a fork takes over from a run: everything that is settled, is the same in the plan as it is now, got the same
 * inputs, and is not downstream of where it begins; in nested and mapped steps that have to run again in part, the same
 * within them. It folds its own events as it goes, so that units are filled and links are looked at as in any run.
 */
export async function forkRun(wish: ForkWish): Promise<Fork> {
  const path = wish.from === undefined ? undefined : forkPath(wish.plan, wish.from);
  const fork = new Forking(wish);
  const sourceRuns = readSource(wish.source.plan, wish.source.events);
  const source = sourceRuns.get(0);
  if (source !== undefined)
    await forkRunLevel(fork, {
      index: 0,
      source,
      sourceRuns,
      workflow: wish.plan.workflows[0] as WorkflowPlan,
      path,
      prefix: "",
    });
  return fork;
}

/** Takes over what can be in one run, in topological order. */
export async function forkRunLevel(fork: Forking, wish: LevelWish): Promise<void> {
  const level = new ForkLevel(wish.workflow);
  const [first] = wish.path ?? [];
  const start = wish.workflow.nodes.findIndex((node) => node.kind === "step" && node.name === first?.name);
  const isWhole = wish.path?.length === 1 && first?.item === undefined;
  if (start >= 0 && isWhole) level.runAgain(start, "it was asked for");
  for (const node of level.inOrder) {
    const planned = wish.workflow.nodes[node] as PlanNode;
    if (level.isAgain(node)) continue;
    if (planned.kind === "step") await forkStep(fork, wish, level, node, node === start && !isWhole);
    else await forkUnit(fork, wish, level, node);
  }
  for (const [node, reason] of level.reasons) {
    const planned = wish.workflow.nodes[node];
    if (planned?.kind === "step") fork.again.push({ step: wish.prefix + planned.name, reason });
  }
}

/** A unit is filled anew; what follows from another value than before runs again. */
async function forkUnit(fork: Forking, wish: LevelWish, level: ForkLevel, node: number): Promise<void> {
  const input = await fork.answer("unit", wish.index, node);
  if (input?.type !== "unit.updated") return;
  const name = wish.workflow.nodes[node]?.name ?? "";
  const before = sourceNode(fork, wish, node)?.value;
  if (JSON.stringify(before) !== JSON.stringify(input.value)) level.follow(node, `${name} has another value`);
}

async function forkStep(
  fork: Forking,
  wish: LevelWish,
  level: ForkLevel,
  node: number,
  within: boolean,
): Promise<void> {
  const { plan, source, changedCode } = fork.wish;
  const planned = wish.workflow.nodes[node] as PlanNode;
  const before = source.plan.workflows[wish.source.workflow] as WorkflowPlan;
  const difference = compareSteps(
    { plan: source.plan, workflow: before },
    { plan, workflow: wish.workflow },
    planned.name,
    changedCode,
  );
  if (difference.status === "changed") return level.runAgain(node, difference.reason);
  const found = sourceNode(fork, wish, node);
  if (found === undefined) return level.runAgain(node, "it had not begun");
  if (found.many || planned.step?.triggered === true || planned.knot >= 0)
    return level.runAgain(node, "it fires more than once");
  const { settled } = found;
  if (settled !== undefined && difference.status === "same" && !within) {
    const place = { runId: source.id, step: wish.prefix + planned.name };
    const links = await findLinks(fork.wish.parts, fork.wish.settings, wish.workflow, node, settled.out, place);
    fork.add({ type: "activation.reused", run: wish.index, node, n: 1, ...settled, links, from: source.id });
    fork.shared.push(wish.prefix + planned.name);
    return;
  }
  const reason = within
    ? "it was asked for"
    : difference.status === "inside"
      ? difference.reason
      : unsettled(found.failed);
  const changed = difference.status === "inside";
  const descend = (inner: LevelWish) => forkRunLevel(fork, inner);
  if (level.mayOpen(node) && (await openPart({ fork, wish, node, found, within, changed, descend })))
    level.open(node, `${reason}, in part`);
  else level.runAgain(node, reason);
}

function unsettled(failed: boolean): string {
  return failed ? "it had failed" : "it had not ended";
}

/** The node of that name and kind in the run the fork is taken from. */
function sourceNode(fork: Forking, wish: LevelWish, node: number): SourceNode | undefined {
  const planned = wish.workflow.nodes[node];
  const before = fork.wish.source.plan.workflows[wish.source.workflow];
  const number = before?.nodes.findIndex((one) => one.kind === planned?.kind && one.name === planned.name) ?? -1;
  return wish.source.nodes.get(number);
}
