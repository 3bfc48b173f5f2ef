import type { AttemptOutcome } from "../contracts/executor.js";
import type { Failure } from "../contracts/failure.js";
import type { Handle } from "../contracts/handle.js";
import type { Json, JsonSchema } from "../contracts/json.js";
import { failureOf } from "../errors/failure-of.js";
import type { Finding, PortValues } from "../kernel/event.js";
import type { PlanLink, WorkflowPlan } from "../plan/plan.js";
import { refusal, unlisted } from "./check-value.js";
import type { RunSettings, StepPlace, ValueParts } from "./parts.js";
import { queuedOf } from "./queued.js";
import { runAsideWithin } from "./run-aside.js";

/** Transforms of links run under this limit, so that no link holds a run for ever. */
const TRANSFORM_TIMEOUT_MS = 60_000;

/** What each outgoing link of a node carries, in the order of `outLinks`. Everything that looks at values happens here. */
export function findLinks(
  parts: ValueParts,
  settings: RunSettings,
  workflow: WorkflowPlan,
  node: number,
  out: PortValues,
  place: StepPlace,
): Finding[] | Promise<Finding[]> {
  const outLinks = workflow.nodes[node]?.outLinks ?? none;
  const findings: Finding[] = [];
  const find = (index: number): Finding | Promise<Finding> => {
    const link = workflow.links[index] as PlanLink;
    const value = out[link.from.port];
    if (value === undefined) return 0;
    const queue = link.queue === undefined ? undefined : workflow.queues[link.queue];
    if (queue !== undefined) return queuedOf(parts.values, workflow, queue, value);
    return link.plain ? 1 : cross(parts, settings, link, targetOf(workflow, link), value, place);
  };
  for (const index of outLinks) {
    const finding = find(index);
    if (finding instanceof Promise) return findRest(findings, finding, outLinks, find);
    findings.push(finding);
  }
  return findings;
}

const none: readonly number[] = [];

/** From the first one on that takes its time. */
async function findRest(
  findings: Finding[],
  first: Promise<Finding>,
  outLinks: readonly number[],
  find: (index: number) => Finding | Promise<Finding>,
): Promise<Finding[]> {
  findings.push(await first);
  for (const index of outLinks.slice(findings.length)) findings.push(await find(index));
  return findings;
}

/** What a link's target takes. `mapped`: the name of the port, if `for_each` takes its items there. */
type Target = { readonly schema: JsonSchema | undefined; readonly mapped: string | undefined };

function targetOf(workflow: WorkflowPlan, link: PlanLink): Target {
  const node = workflow.nodes[link.to.node];
  const at = node?.ports.findIndex((candidate) => candidate.name === link.to.port) ?? -1;
  const port = node?.ports[at];
  if (port?.merge === "list" || port?.merge === "collect") return { schema: undefined, mapped: undefined };
  return { schema: port?.schema, mapped: node?.step?.forEach?.over === at ? port?.name : undefined };
}

/** Before the schema, which would only say that it is no array. */
async function refusedByTarget(target: Target, value: Json, name: string): Promise<Failure | undefined> {
  const noList = target.mapped === undefined ? undefined : unlisted(target.mapped, value);
  return noList ?? refusal(target.schema, value, name);
}

async function cross(
  parts: ValueParts,
  settings: RunSettings,
  link: PlanLink,
  target: Target,
  handle: Handle,
  place: StepPlace,
): Promise<Finding> {
  const value = await parts.values.load(handle);
  const refusedInput = await refusal(link.inputSchema, value, `link ${link.name}`);
  if (refusedInput !== undefined) return { refused: refusedInput };
  const gate = link.condition === undefined ? undefined : await passGate(link, link.condition, value);
  if (gate !== undefined && (typeof gate === "number" || !("passed" in gate))) return gate;
  if (link.transform === undefined) {
    const refused = await refusedByTarget(target, value, link.name);
    if (refused !== undefined) return { refused };
    return gate ?? 1;
  }
  const outcome = await transform(parts, settings, link, value, place);
  if (outcome.status === "failed") return { refused: outcome.failure };
  if (outcome.status === "suspended")
    return { refused: failureOf("E_INTERNAL", { what: `link ${link.name} cannot wait` }) };
  const shaped = outcome.outputs["output"];
  if (shaped === undefined) return 0;
  const refused =
    (await refusal(link.outputSchema, shaped, `link ${link.name}`)) ??
    (await refusedByTarget(target, shaped, link.name));
  return refused === undefined ? { value: await parts.values.save(shaped) } : { refused };
}

async function passGate(link: PlanLink, condition: string, value: Json): Promise<Finding> {
  const { compileCondition } = await import("../expression/condition.js");
  const compiled = compileCondition(condition);
  if (!compiled.ok) {
    const what = compiled.problems.map((problem) => problem.message).join("; ");
    return { refused: failureOf("E_CONDITION", { condition, what, link: link.name }) };
  }
  const found = compiled.evaluate(value);
  if ("failed" in found)
    return { refused: failureOf("E_CONDITION", { condition, what: found.failed, link: link.name }) };
  if (found.pass) return { passed: found.reason };
  if (link.otherwise === "fail")
    return { refused: failureOf("E_GATE_CLOSED", { link: link.name, reason: found.reason }) };
  return { closed: found.reason };
}

/** Functions and expressions run off the main thread. */
function transform(
  parts: ValueParts,
  settings: RunSettings,
  link: PlanLink,
  value: Json,
  place: StepPlace,
): Promise<AttemptOutcome> {
  const aside = {
    executor: "thread",
    id: `${place.runId}:${place.step}>${link.name}`,
    component: link.transform as NonNullable<PlanLink["transform"]>,
    inputs: { input: value },
    outputPorts: ["output"],
    runId: place.runId,
    step: `${place.step} > ${link.name}`,
  };
  const late = failureOf("E_TIMEOUT", { timeoutMs: TRANSFORM_TIMEOUT_MS, link: link.name });
  return runAsideWithin(parts, settings, aside, TRANSFORM_TIMEOUT_MS, late);
}
