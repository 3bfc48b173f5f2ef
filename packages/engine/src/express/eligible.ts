import type { ComponentCall } from "../contracts/executor.js";
import type { JsonSchema } from "../contracts/json.js";
import type { Plan, PlanNode, PlanPort, PlanStep, WorkflowPlan } from "../plan/plan.js";

/*
 * Which plans are run without the kernel: those in which each node takes place once, in an order that counting alone gives. Whatever
 * can only be known when it happens (failures, absent values, somebody who steers) is no matter here: the run is handed over then.
 */

type IsChecked = (schema: JsonSchema) => boolean;

export function isEligible(plan: Plan, workflow: WorkflowPlan, isChecked: IsChecked): boolean {
  return (
    isPlainPlan(plan, workflow) &&
    workflow.strategy === "graph" &&
    workflow.queues.length === 0 &&
    workflow.links.every((link) => link.kind === "direct" && link.plain && !link.back && !link.exit) &&
    workflow.nodes.every((node) => isPlainNode(plan, workflow, node, isChecked))
  );
}

/** Nothing but its steps decides how it goes and when it ends. */
export function isPlainPlan({ workflows, hooks }: Plan, workflow: WorkflowPlan): boolean {
  const { onFailure, onSuccess, onPause } = hooks;
  return (
    workflows.length === 1 &&
    workflow.nodes.length > 0 &&
    onFailure === undefined &&
    onSuccess === undefined &&
    onPause === undefined &&
    workflow.completion === "quiescent" &&
    workflow.timeoutMs === null &&
    workflow.checkpointIntervalMs === null &&
    !workflow.restorable &&
    workflow.budget === undefined &&
    workflow.triggers.length === 0
  );
}

function isPlainNode(plan: Plan, workflow: WorkflowPlan, node: PlanNode, isChecked: IsChecked): boolean {
  if (node.knot !== -1 || node.unit?.letters !== undefined) return false;
  if (node.step === undefined) return isPlainUnit(node);
  return isPlainStep(plan, node.step) && node.ports.every(isPlainPort) && givesPlainly(node, workflow, isChecked);
}

/** Nobody takes its failures, and what it gives can be checked here. */
export function givesPlainly(node: PlanNode, { links }: WorkflowPlan, isChecked: IsChecked): boolean {
  return (
    node.outLinks.every((link) => links[link]?.from.port !== "error") &&
    node.outPorts.every(({ name, schema }) => name !== "error" && (schema === undefined || isChecked(schema)))
  );
}

/** It is given its value, or one link brings it. */
function isPlainUnit({ kind, ports, unit }: PlanNode): boolean {
  const [port] = ports;
  if (port === undefined || ports.length > 1 || port.hold || unit?.role === "parameter") return false;
  if (kind === "unit" && port.links.length === 0) return port.default === undefined || "json" in port.default;
  return port.links.length === 1 && port.merge === "single";
}

function isPlainPort({ links, merge, hold, optional, default: preset }: PlanPort): boolean {
  if (hold) return false;
  if (links.length === 0) return preset === undefined ? optional : "json" in preset;
  return merge === "list" || merge === "first" || (merge === "single" && links.length === 1);
}

export function isPlainStep(plan: Plan, step: PlanStep): boolean {
  return (
    step.component !== undefined &&
    isOwnCode(step.component) &&
    step.workflow === undefined &&
    step.fallback === undefined &&
    step.forEach === undefined &&
    step.repeat === undefined &&
    step.waits === undefined &&
    step.onRollback === undefined &&
    !step.errorLinked &&
    !step.checkpoint &&
    !step.triggered &&
    step.maxActivations >= 1 &&
    step.executor === "local" &&
    (plan.demands[step.demand] ?? []).every((amount) => amount === 0)
  );
}

/** Code of this process, whose config says all there is: no secret is read for it. */
function isOwnCode({ module, config, secrets, literals }: ComponentCall): boolean {
  return (
    module === undefined &&
    secrets === undefined &&
    literals === undefined &&
    !JSON.stringify(config).includes("${secret:")
  );
}
