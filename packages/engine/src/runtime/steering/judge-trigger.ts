import type { Json } from "../../contracts/json.js";
import { didYouMean } from "../../document/nearest.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import type { RunState, RunTree } from "../../kernel/state.js";
import { stepPath } from "../../kernel/step-path.js";
import { refusal } from "../../values/check-value.js";
import type { Judging, Verdict } from "./verdict.js";

type Found = { readonly path: string; readonly run: RunState; readonly trigger: number };

/** Fires a manual trigger, of the run itself or, by its path such as `outer[1]/now`, of a nested one under way. */
export async function judgeTrigger(
  { parts, tree, by }: Judging,
  { name, payload }: { readonly name: string; readonly payload?: Json },
): Promise<Verdict> {
  const refuse = (problem: string, hint?: string) =>
    nanobrainError("E_TRIGGER", { trigger: name, run: tree.name, problem }, hint === undefined ? {} : { hint });
  const manual = manualTriggers(tree);
  const found = manual.find((one) => one.path === name);
  if (found === undefined) {
    const known = manual.map((one) => one.path);
    const list = known.length === 0 ? "it has none" : `there is ${known.join(", ")}`;
    throw refuse(
      `${otherKind(tree, name) ?? "it has no manual trigger of that name"} (${list})`,
      didYouMean(name, known),
    );
  }
  const { run, trigger } = found;
  if (tree.cancelled || run.status !== "running") throw refuse(`it is ${tree.cancelled ? "cancelled" : run.status}`);
  const refused = await refusal(run.workflow.triggers[trigger]?.payloadSchema, payload ?? null, `payload of ${name}`);
  if (refused !== undefined) throw refuse(refused.message);
  const handle = payload === undefined ? {} : { payload: await parts.values.save(payload) };
  const input = { type: "trigger.fired", run: run.index, trigger, ...handle, by } as const;
  return { status: "apply", input, text: `trigger ${name} fired` };
}

/** Of the run and of nested ones under way, by path. */
function manualTriggers(tree: RunTree): Found[] {
  return tree.runs.flatMap((run) => {
    if (run === undefined || run.workflow.strategy !== "event_driven") return [];
    const prefix = run.parent === null ? "" : `${stepPath(tree, run.parent.run, run.parent.node, run.parent.c)}/`;
    return run.workflow.triggers.flatMap((trigger, at) =>
      trigger.kind === "manual" ? [{ path: prefix + trigger.name, run, trigger: at }] : [],
    );
  });
}

function otherKind(tree: RunTree, name: string): string | undefined {
  const trigger = tree.plan.workflows[0]?.triggers.find((one) => one.name === name);
  if (trigger === undefined) return undefined;
  if (trigger.kind === "manual") return `${name} starts runs under serve, it fires no step of this one`;
  return `${name} is a ${trigger.kind} trigger, only manual ones are fired by hand`;
}
