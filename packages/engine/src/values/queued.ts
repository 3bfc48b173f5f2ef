import type { Failure } from "../contracts/failure.js";
import type { Handle } from "../contracts/handle.js";
import type { Json, JsonObject } from "../contracts/json.js";
import type { Queued } from "../kernel/event.js";
import type { PlanQueue, WorkflowPlan } from "../plan/plan.js";
import { refusal, unlisted } from "./check-value.js";
import type { Values } from "./values.js";

/** What a value puts into a queue: one item or each of its items, with their keys and those that no target takes. */
export async function queuedOf(
  values: Values,
  workflow: WorkflowPlan,
  queue: PlanQueue,
  handle: Handle,
): Promise<Queued> {
  const looksAtItems = queue.key !== undefined || schemasOf(workflow, queue).length > 0;
  if (!looksAtItems && !queue.each) return { queued: 1, each: false };
  if (!looksAtItems && "list" in handle) return { queued: handle.list.length, each: true };
  const value = await values.load(handle);
  const failure = queue.each ? unlisted(queue.from.port, value) : undefined;
  if (failure !== undefined) return { queued: 1, each: false, invalid: [[0, failure]] };
  const items = queue.each ? (value as readonly Json[]) : [value];
  const invalid = await invalidItems(workflow, queue, items);
  return {
    queued: items.length,
    each: queue.each,
    ...(queue.key === undefined ? {} : { keys: items.map((item) => keyOf(item, queue.key ?? "")) }),
    ...(invalid.length === 0 ? {} : { invalid }),
  };
}

/** A target's schema, unless its port takes lists of what comes. */
function schemasOf(workflow: WorkflowPlan, queue: PlanQueue) {
  return queue.links.flatMap((index) => {
    const to = workflow.links[index]?.to;
    const port = workflow.nodes[to?.node ?? -1]?.ports.find((candidate) => candidate.name === to?.port);
    return port?.schema === undefined || port.schema === true ? [] : [{ schema: port.schema, name: port.name }];
  });
}

/** Items share their targets, so one that any target would refuse goes to none. */
async function invalidItems(
  workflow: WorkflowPlan,
  queue: PlanQueue,
  items: readonly Json[],
): Promise<(readonly [number, Failure])[]> {
  const invalid: (readonly [number, Failure])[] = [];
  const schemas = schemasOf(workflow, queue);
  for (const [index, item] of schemas.length === 0 ? [] : items.entries()) {
    for (const { schema, name } of schemas) {
      const refused = await refusal(schema, item, `${queue.name} towards ${name}`);
      if (refused === undefined) continue;
      invalid.push([index, refused]);
      break;
    }
  }
  return invalid;
}

/** FNV-1a over the JSON of the field; items without the field share the key of null. */
function keyOf(item: Json, field: string): number {
  const fields = typeof item === "object" && item !== null && !Array.isArray(item) ? (item as JsonObject) : {};
  const text = JSON.stringify(fields[field] ?? null);
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
