import {
  type FileValue,
  isFileValue,
  type Json,
  NanobrainError,
  type Plan,
  type RunEvent,
  type Runtime,
} from "@nanobrain/engine";
import { planSvg } from "@nanobrain/engine/authoring";
import type { ModelUse, RunFacts, ShownValue } from "./run-facts.js";

type Handle = Parameters<Runtime["value"]>[0];

const shownCharacters = 3_000;
/** Larger values are not read. */
const readBytes = 4 * 1024 * 1024;
const mostValues = 100;
const mostFiles = 200;

/** Reads what a report of a run is made of. A value that is gone is said to be. */
export async function gatherFacts(
  runtime: Runtime,
  id: string,
  { madeAt, version }: { readonly madeAt: number; readonly version: string },
): Promise<RunFacts> {
  const { plan, events, summary } = await runtime.look(id);
  const statuses = Object.fromEntries(Object.entries(summary.steps).map(([name, step]) => [name, step.status]));
  const shown = (named: readonly Named[]) =>
    Promise.all(named.slice(0, mostValues).map((one) => shownValue(runtime, one)));
  return {
    plan,
    events,
    summary,
    inputs: await shown(inputsOf(plan, events)),
    outputs: await shown(outputsOf(plan, events)),
    models: await modelsOf(runtime, events),
    driven: (await runtime.store.holder(summary.run_id)) !== undefined,
    madeAt,
    graph: planSvg(plan, statuses),
    versions: { nanobrain: version, "Node.js (of this report)": process.versions.node },
  };
}

type Named = { readonly name: string; readonly class: string; readonly handle: Handle };

function inputsOf(plan: Plan, events: readonly RunEvent[]): readonly Named[] {
  const started = events.find((event) => event.type === "run.started");
  if (started?.type !== "run.started" || !("inputs" in started)) return [];
  const nodes = plan.workflows[0]?.nodes ?? [];
  const classOf = (name: string) =>
    nodes
      .find((node) => node.name === name)
      ?.unit?.class.split(".")
      .at(-1) ?? "";
  return Object.entries(started.inputs).map(([name, handle]) => ({ name, class: classOf(name), handle }));
}

/** The newest value of each output of the root. */
function outputsOf(plan: Plan, events: readonly RunEvent[]): readonly Named[] {
  const found = new Map<string, Named>();
  for (const event of events) {
    if (event.type !== "unit.updated" || event.run !== 0 || event.value === undefined) continue;
    const node = plan.workflows[0]?.nodes[event.node];
    if (node?.kind !== "output") continue;
    found.set(node.name, { name: node.name, class: node.unit?.class.split(".").at(-1) ?? "", handle: event.value });
  }
  return [...found.values()];
}

async function shownValue(runtime: Runtime, { name, class: unit, handle }: Named): Promise<ShownValue> {
  const base = { name, class: unit, files: [] };
  if ("blob" in handle && handle.sizeBytes > readBytes) return { ...base, text: "", sizeBytes: handle.sizeBytes };
  try {
    const value = await runtime.value(handle);
    const files = filesIn(value).map((file) => ({ name: file.name, hash: file.$file, sizeBytes: file.size_bytes }));
    const text = isFileValue(value) ? "" : typeof value === "string" ? value : JSON.stringify(value, null, 2);
    const isCut = text.length > shownCharacters;
    const shown = isCut ? `${text.slice(0, shownCharacters)}\n…` : text;
    return { ...base, text: shown, sizeBytes: isCut ? Buffer.byteLength(text) : null, files };
  } catch (error) {
    if (!(error instanceof NanobrainError)) throw error;
    return { ...base, text: `${error.code} ${error.message}`, sizeBytes: null };
  }
}

function filesIn(value: Json, found: FileValue[] = []): readonly FileValue[] {
  if (found.length >= mostFiles || typeof value !== "object" || value === null) return found;
  if (isFileValue(value)) found.push(value);
  else for (const one of Object.values(value)) filesIn(one as Json, found);
  return found;
}

type Answer = { readonly model?: unknown; readonly usage?: { readonly [name: string]: unknown } };

/** Sums up the answers of models among the recorded effects. */
async function modelsOf(runtime: Runtime, events: readonly RunEvent[]): Promise<readonly ModelUse[]> {
  const used = new Map<string, ModelUse>();
  for (const event of events) {
    if (event.type !== "effect.recorded" || !/(^|[:/])model:/.test(event.name)) continue;
    const answer = await answerOf(runtime, event.value);
    if (typeof answer?.model !== "string" || answer.usage === undefined) continue;
    const { model, usage } = answer;
    const before = used.get(model) ?? { model, calls: 0, inputTokens: 0, outputTokens: 0, costUsd: 0 };
    const cost =
      typeof usage["costUsd"] === "number" && before.costUsd !== null ? before.costUsd + usage["costUsd"] : null;
    used.set(model, {
      model,
      calls: before.calls + 1,
      inputTokens: before.inputTokens + count(usage["inputTokens"]),
      outputTokens: before.outputTokens + count(usage["outputTokens"]),
      costUsd: cost,
    });
  }
  return [...used.values()];
}

function count(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}

async function answerOf(runtime: Runtime, handle: Handle): Promise<Answer | undefined> {
  if ("blob" in handle && handle.sizeBytes > readBytes) return undefined;
  try {
    const value = await runtime.value(handle);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    const { answer = value } = value as { readonly answer?: Json };
    return answer as Answer;
  } catch (error) {
    if (error instanceof NanobrainError) return undefined;
    throw error;
  }
}
