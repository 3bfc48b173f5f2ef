import type { JsonSchema } from "../../contracts/json.js";
import type { Plan, PlanLink, PlanNode, PlanPort, PlanQueue, WorkflowPlan } from "../../plan/plan.js";
import { givesPlainly, isPlainPlan, isPlainStep } from "../eligible.js";

/*
 * Which plans run as streams: nodes take place many times, by tokens that wait in line, over plain links and queues, without cycles and
 * triggers. Absences, failures, joins of several values into one port and all that closes a run early are left to the general way.
 */

type IsChecked = (schema: JsonSchema) => boolean;

export function isStreamEligible(plan: Plan, workflow: WorkflowPlan, isChecked: IsChecked): boolean {
  return (
    isPlainPlan(plan, workflow) &&
    isStream(workflow) &&
    workflow.links.every((link) => isPlainLink(workflow, link, isChecked)) &&
    workflow.nodes.every((node) => isPlainNode(plan, workflow, node, isChecked))
  );
}

function isStream({ strategy, queues }: WorkflowPlan): boolean {
  return (strategy === "event_driven" || (strategy === "graph" && queues.length > 0)) && queues.every(isPlainQueue);
}

/** Each item's number says whom it goes to. */
function isPlainQueue({ each, key, balance, links }: PlanQueue): boolean {
  return !each && key === undefined && (balance === "round_robin" || balance === "weighted" || links.length === 1);
}

function isPlainLink(workflow: WorkflowPlan, link: PlanLink, isChecked: IsChecked): boolean {
  if (link.back || link.exit || link.from.port === "error") return false;
  if (link.queue === undefined) return link.kind === "direct" && link.plain;
  const { schema } = portOf(workflow, link);
  return schema === undefined || isChecked(schema);
}

export function portOf({ nodes }: WorkflowPlan, { to }: PlanLink): Pick<PlanPort, "schema"> {
  return nodes[to.node]?.ports.find(({ name }) => name === to.port) ?? {};
}

function isPlainNode(plan: Plan, workflow: WorkflowPlan, node: PlanNode, isChecked: IsChecked): boolean {
  if (node.knot !== -1 || node.dependsOn.length > 0) return false;
  if (node.step === undefined) return isPlainUnit(node);
  return (
    isPlainStep(plan, node.step) &&
    node.step.timeoutMs === null &&
    node.ports.every(isPlainPort) &&
    givesPlainly(node, workflow, isChecked)
  );
}

/** It holds what the run was given for it, or hands on what comes. Dead letters lie there until somebody else takes the run over. */
function isPlainUnit({ ports, unit }: PlanNode): boolean {
  const [port] = ports;
  if (port === undefined || ports.length > 1 || port.hold || unit?.role === "parameter") return false;
  if (unit?.letters !== undefined) return port.links.length === 0;
  if (port.links.length === 0) return port.default === undefined || "json" in port.default;
  return port.merge === "each" || (port.merge === "single" && port.links.length === 1);
}

function isPlainPort({ links, merge, hold, optional, default: preset }: PlanPort): boolean {
  if (hold) return false;
  if (links.length === 0) return preset === undefined ? optional : "json" in preset;
  return merge === "each" || (merge === "single" && links.length === 1);
}
