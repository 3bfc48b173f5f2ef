import type { Handle } from "../contracts/handle.js";
import type { Json } from "../contracts/json.js";
import { classify } from "../errors/classify.js";
import { nanobrainError } from "../errors/nanobrain-error.js";
import { activationAt, cellAt, stepOf } from "../kernel/cells.js";
import type { Finding, PortValues, Unstamped } from "../kernel/event.js";
import { nextInputs } from "../kernel/flow.js";
import type { Letter } from "../kernel/queues/queue-state.js";
import { type Errand, type OpenActivation, type RunState, type RunTree, runAt } from "../kernel/state.js";
import { stepPath } from "../kernel/step-path.js";
import { unlisted } from "./check-value.js";
import { findLinks } from "./findings.js";
import type { RunSettings, ValueParts } from "./parts.js";

/** Finds out what the kernel asked for, by looking at values. Answers with one input, at once for plain units; never rejects. */
export function runErrand(
  parts: ValueParts,
  settings: RunSettings,
  tree: RunTree,
  errand: Errand,
): Unstamped | Promise<Unstamped> {
  try {
    const found = look(parts, settings, tree, errand);
    return found instanceof Promise ? found.catch((error) => failed(errand, classify(error))) : found;
  } catch (error) {
    return failed(errand, classify(error));
  }
}

function look(parts: ValueParts, settings: RunSettings, tree: RunTree, errand: Errand): Unstamped | Promise<Unstamped> {
  const run = runAt(tree, errand.run);
  switch (errand.kind) {
    case "unit":
      return updateUnit(parts, settings, tree, run, errand);
    case "measure":
      return measure(parts, run, errand);
    case "gather":
      return gather(parts, settings, tree, run, errand);
    case "judge":
      return judge(parts, run, errand);
  }
}

/** A value that cannot be read is found out here: the node fails with it instead of the engine. */
function failed(errand: Errand, failure: ReturnType<typeof classify>): Unstamped {
  const { run, node, n } = errand;
  if (errand.kind === "unit") return { type: "unit.updated", run, node, n, links: [], failure };
  if (errand.kind === "gather") return { type: "activation.gathered", run, node, n, out: {}, links: [], failure };
  if (errand.kind === "judge")
    return { type: "round.judged", run, node, n, c: errand.c, stop: false, reason: failure.message, failure };
  return { type: "activation.measured", run, node, n, count: 0, failure };
}

function updateUnit(
  parts: ValueParts,
  settings: RunSettings,
  tree: RunTree,
  run: RunState,
  errand: Errand,
): Unstamped | Promise<Unstamped> {
  const held = valueHeld(parts, run, errand.node);
  const found = (value: Handle | undefined) => unitUpdated(parts, settings, tree, run, errand, value);
  return held instanceof Promise ? held.then(found) : found(held);
}

function unitUpdated(
  parts: ValueParts,
  settings: RunSettings,
  tree: RunTree,
  run: RunState,
  { run: index, node, n }: Errand,
  value: Handle | undefined,
): Unstamped | Promise<Unstamped> {
  const updated = (links: readonly Finding[]): Unstamped => {
    const type = "unit.updated";
    return value === undefined ? { type, run: index, node, n, links } : { type, run: index, node, n, links, value };
  };
  if (run.workflow.nodes[node]?.outLinks.length === 0) return updated([]);
  const out: PortValues = value === undefined ? {} : { value };
  const place = { runId: tree.id, step: stepPath(tree, index, node) };
  const links = findLinks(parts, settings, run.workflow, node, out, place);
  return links instanceof Promise ? links.then(updated) : updated(links);
}

function valueHeld(parts: ValueParts, run: RunState, node: number): Handle | undefined | Promise<Handle | undefined> {
  const letters = run.workflow.nodes[node]?.unit?.letters;
  const letter = letters === undefined ? undefined : run.queues[letters]?.letters[0];
  if (letter !== undefined) return letterHeld(parts, letter);
  const resolved = nextInputs(run, node);
  const given = resolved.status === "ready" ? resolved.inputs["value"] : undefined;
  return given === undefined ? undefined : parts.values.journaled(given);
}

async function letterHeld(parts: ValueParts, letter: Letter): Promise<Handle> {
  const item = await parts.values.load(letter.value);
  return parts.values.save({ item, failure: letter.failure as unknown as Json, deliveries: letter.deliveries });
}

async function measure(parts: ValueParts, run: RunState, errand: Errand): Promise<Unstamped> {
  const plan = run.workflow.nodes[errand.node];
  const port = plan?.ports[plan.step?.forEach?.over ?? 0]?.name ?? "";
  const handle = activationAt(run, errand.node, errand.n).inputs[port];
  const at = { type: "activation.measured", run: errand.run, node: errand.node, n: errand.n } as const;
  if (handle === undefined) return { ...at, count: 0 };
  if ("list" in handle) return { ...at, count: handle.list.length };
  const value = await parts.values.load(handle);
  const failure = unlisted(port, value);
  return failure === undefined ? { ...at, count: (value as readonly Json[]).length } : { ...at, count: 0, failure };
}

/** Whether a loop's condition holds over the outputs of the round that has just ended. */
async function judge(parts: ValueParts, run: RunState, { run: index, node, n, c }: Errand): Promise<Unstamped> {
  const condition = stepOf(run, node).repeat?.until ?? "false";
  const out = cellAt(activationAt(run, node, n), c).out ?? {};
  const { compileCondition } = await import("../expression/condition.js");
  const compiled = compileCondition(condition);
  if (!compiled.ok) {
    const what = compiled.problems.map((problem) => problem.message).join("; ");
    throw nanobrainError("E_CONDITION", { condition, what });
  }
  const verdict = compiled.evaluate(await parts.values.loadAll(out));
  if ("failed" in verdict) throw nanobrainError("E_CONDITION", { condition, what: verdict.failed });
  return { type: "round.judged", run: index, node, n, c, stop: verdict.pass, reason: verdict.reason };
}

/** Outputs of all items as lists in input order, or the child run's outputs as they are. */
async function gather(
  parts: ValueParts,
  settings: RunSettings,
  tree: RunTree,
  run: RunState,
  errand: Errand,
): Promise<Unstamped> {
  const activation = activationAt(run, errand.node, errand.n);
  const out = activation.closing ? await errorAlone(parts, activation) : await outputsOf(parts, run, activation);
  const place = { runId: tree.id, step: stepPath(tree, errand.run, errand.node) };
  const links = await findLinks(parts, settings, run.workflow, errand.node, out, place);
  return { type: "activation.gathered", run: errand.run, node: errand.node, n: errand.n, out, links };
}

/** The step failed without an attempt of its own, and the run goes on: its failure is all it gives. */
async function errorAlone(parts: ValueParts, activation: OpenActivation): Promise<PortValues> {
  return { error: await parts.values.save(activation.failure as unknown as Json) };
}

async function outputsOf(parts: ValueParts, run: RunState, activation: OpenActivation): Promise<PortValues> {
  const each = run.workflow.nodes[activation.node]?.step?.forEach;
  if (each === undefined) return activation.cells.get(0)?.out ?? {};
  return lists(parts, run, activation, activation.failed > each.maxFailures);
}

/** The `error` port carries `[{index, failure}]` when items failed; with too many of them it is all there is. */
async function lists(
  parts: ValueParts,
  run: RunState,
  activation: OpenActivation,
  hopeless: boolean,
): Promise<PortValues> {
  const out: { [port: string]: Handle } = {};
  const cells = Array.from({ length: activation.count }, (_, c) => activation.cells.get(c));
  const failures = cells.flatMap((cell, index) =>
    cell?.status === "failed" ? [{ index, failure: cell.failure }] : [],
  );
  if (failures.length > 0) out["error"] = await parts.values.save(failures as unknown as Json);
  if (hopeless) return out;
  const ports = new Set(run.workflow.nodes[activation.node]?.outPorts.map((port) => port.name));
  for (const cell of cells) for (const port of Object.keys(cell?.out ?? {})) ports.add(port);
  ports.delete("error");
  for (const port of ports) {
    const items = cells.map((cell) => cell?.out?.[port] ?? { json: null });
    out[port] = await parts.values.journaled({ list: items });
  }
  return out;
}
