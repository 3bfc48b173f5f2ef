import type { Plan, PlanNode, PlanStep, PlanTrigger, WorkflowPlan } from "../plan/plan.js";

/**
 * What of the dialect a plan uses, by name. `allConstructs` is what there is: the kinds, merges, balances, strategies, handlings and
 * options that `plan/plan.ts` has fields for and the kernel acts on. Values, schemas, caches and resources are the host's.
 */
export function constructsOf(plan: Plan): ReadonlySet<string> {
  const found = new Set(plan.workflows.flatMap(workflowConstructs));
  return new Set([...found].filter((name) => allConstructs.has(name)));
}

const named = (group: string, names: string): readonly string[] => names.split(" ").map((name) => `${group} ${name}`);

export const allConstructs: ReadonlySet<string> = new Set([
  ...named("strategy", "sequential parallel graph event_driven"),
  ...named("handling", "continue stop retry rollback"),
  ...named("step handling", "continue stop retry rollback"),
  ...named("merge", "single first list each collect"),
  ...named("link", "direct transform conditional queue"),
  ...named("gate", "skip fail"),
  ...named("port", "optional default hold"),
  ...named("unit", "input parameter result letters"),
  ...named("balance", "round_robin least_loaded weighted adaptive"),
  ...named("trigger", "data_updated timer manual condition folder all any"),
  ...named("trigger option", "mode_all debounce coalesce rearm count payload window"),
  ...named("completion", "quiescent outputs manual"),
  ...named("checkpoint", "marked interval"),
  ...named("queue", "each whole key several"),
  ...named("step", "component nested map map_failures fallback error_port depends_on when_absent concurrency executor"),
  ...named("loop", "until carry accept fail mapped nested"),
  ...named("waits", "time person on_timeout"),
  ...named("rollback", "restorable on_rollback on_failure preserve"),
  ...named("timeout", "run attempt"),
  ...named("cycle", "back exit"),
  ...named("outside", "max_activations emits"),
]);

function workflowConstructs(workflow: WorkflowPlan): readonly string[] {
  const { strategy, recovery, nodes, links, queues, triggers, restorable, completion } = workflow;
  return [
    `completion ${completion}`,
    ...when(workflow.timeoutMs !== null, "timeout run"),
    ...when(workflow.checkpointIntervalMs !== null, "checkpoint interval"),
    ...when(workflow.preservePartialResults, "rollback preserve"),
    ...when(recovery.rollbackOnFailure, "rollback on_failure"),
    ...triggers.flatMap(triggerConstructs),
    `strategy ${strategy}`,
    `handling ${recovery.handling}`,
    ...when(restorable, "rollback restorable"),
    ...nodes.flatMap(nodeConstructs),
    ...links.flatMap(({ kind, otherwise, back, exit }) => [
      `link ${kind}`,
      ...when(otherwise !== undefined, `gate ${otherwise}`),
      ...when(back, "cycle back"),
      ...when(exit, "cycle exit"),
    ]),
    ...queues.flatMap(({ balance, each, key, links: targets }) => [
      `balance ${balance}`,
      `queue ${each ? "each" : "whole"}`,
      ...when(key !== undefined, "queue key"),
      ...when(targets.length > 1, "queue several"),
    ]),
  ];
}

function triggerConstructs(trigger: PlanTrigger): readonly string[] {
  const { kind, mode, debounceMs, coalesce, rearmMs, timer, targets, windowMs } = trigger;
  return [
    `trigger ${kind}`,
    ...when(mode === "all", "trigger option mode_all"),
    ...when(debounceMs > 0, "trigger option debounce"),
    ...when(coalesce, "trigger option coalesce"),
    ...when(rearmMs > 0, "trigger option rearm"),
    ...when(windowMs !== null, "trigger option window"),
    ...when(timer?.count !== undefined, "trigger option count"),
    ...when(
      targets.some(({ feeds }) => feeds.some(({ watch }) => watch === -1)),
      "trigger option payload",
    ),
  ];
}

function nodeConstructs({ ports, unit, step, dependsOn }: PlanNode): readonly string[] {
  return [
    ...ports.flatMap(({ merge, optional, default: value, hold }) => [
      `merge ${merge}`,
      ...when(optional, "port optional"),
      ...when(value !== undefined, "port default"),
      ...when(hold, "port hold"),
    ]),
    ...when(unit !== undefined, `unit ${unit?.letters === undefined ? unit?.role : "letters"}`),
    ...when(dependsOn.length > 0, "step depends_on"),
    ...(step === undefined ? [] : stepConstructs(step)),
  ];
}

function stepConstructs(step: PlanStep): readonly string[] {
  const { component, workflow, forEach, fallback, recovery, repeat, waits } = step;
  return [
    `step ${workflow === undefined ? "component" : "nested"}`,
    ...when(recovery.own, `step handling ${recovery.handling}`),
    ...when(forEach !== undefined, "step map"),
    ...when((forEach?.maxFailures ?? 0) > 0, "step map_failures"),
    ...when(fallback !== undefined, "step fallback"),
    ...when(step.errorLinked, "step error_port"),
    ...when(step.whenAbsent === "fail", "step when_absent"),
    ...when(step.concurrency > 1, "step concurrency"),
    ...when(step.executor !== "local", "step executor"),
    ...when(step.maxActivations < 1000, "outside max_activations"),
    ...when(component?.config["emits"] !== undefined, "outside emits"),
    ...when(step.onRollback !== undefined, "rollback on_rollback"),
    ...when(waits !== undefined, `waits ${waits}`),
    ...when(step.onTimeout !== undefined, "waits on_timeout"),
    ...when(step.timeoutMs !== null, "timeout attempt"),
    ...when(step.checkpoint, "checkpoint marked"),
    ...when(repeat !== undefined, `loop ${repeat?.onMax}`),
    ...when(repeat?.until !== undefined, "loop until"),
    ...when((repeat?.carry.length ?? 0) > 0, "loop carry"),
    ...when(repeat !== undefined && forEach !== undefined, "loop mapped"),
    ...when(repeat !== undefined && workflow !== undefined, "loop nested"),
  ];
}

function when(holds: boolean, name: string): readonly string[] {
  return holds ? [name] : [];
}
