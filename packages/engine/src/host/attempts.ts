import type { AttemptOutcome, AttemptRequest, AttemptSink, ComponentCall } from "../contracts/executor.js";
import type { Failure } from "../contracts/failure.js";
import type { Handle } from "../contracts/handle.js";
import type { Json } from "../contracts/json.js";
import type { CacheEntry } from "../contracts/store.js";
import { classify } from "../errors/classify.js";
import { activationAt, cellAt, stepOf } from "../kernel/cells.js";
import type { Cell, Finding, PortValues, Unstamped } from "../kernel/event.js";
import { cellInputs } from "../kernel/inputs.js";
import { cellKey, generationOf } from "../kernel/recovery/cell-key.js";
import { type RunTree, runAt } from "../kernel/state.js";
import { stepPath } from "../kernel/step-path.js";
import type { PlanNode, PlanStep, WorkflowPlan } from "../plan/plan.js";
import { type CacheKey, cacheKey, type Looked, lookUp } from "../values/cache.js";
import { findLinks } from "../values/findings.js";
import { emissionOf, errorLinks, refusedOutput, secretsOf } from "../values/outcome.js";
import { executorFor, type RunSettings } from "../values/parts.js";
import type { HostParts } from "./parts.js";
import { type TimeLimit, timeLimit } from "./time-limit.js";

/** What an attempt gives back to its driver. Nothing here changes state: outcomes become inputs. */
export type Report = { readonly input: Unstamped; readonly cache?: CacheEntry };

type Emission = { readonly value: Handle; readonly links: readonly Finding[] };

export type AttemptPost = {
  /** Resolves when the value is on disk, or was before. */
  emit(at: Cell, id: number, port: string, index: number, emission: Emission): Promise<void>;
  /** Resolves when the attempt is no longer held by a full queue; undefined: it is not. */
  room(id: number): Promise<void> | undefined;
  effect(at: Cell, id: number, name: string, value: Json): Promise<void>;
  log(step: string, level: "debug" | "info" | "warn" | "error", text: string): void;
  progress(step: string, fraction: number | null, note: string): void;
};

export type Started = Cell & { readonly id: number; readonly fallback: boolean; readonly attempt: number };

type Work = {
  readonly started: Started;
  /** Of its run, which may be gone when the attempt ends. */
  readonly workflow: WorkflowPlan;
  readonly node: PlanNode;
  readonly step: PlanStep;
  readonly component: ComponentCall;
  readonly path: string;
  readonly place: string;
  readonly inputs: PortValues;
};

/** What running one attempt takes. */
type Shift = {
  readonly parts: HostParts;
  readonly settings: RunSettings;
  readonly tree: RunTree;
  readonly work: Work;
};

/** Runs one attempt to its outcome. Never rejects. */
export async function runAttempt(
  parts: HostParts,
  settings: RunSettings,
  tree: RunTree,
  started: Started,
  post: AttemptPost,
  ending: AbortController,
): Promise<Report> {
  const work = workOf(tree, started);
  const shift: Shift = { parts, settings, tree, work };
  try {
    const key = await keyOf(shift);
    const looked = key === undefined || isFresh(settings, work.path) ? undefined : await lookUp(parts, key);
    if (looked?.outputs !== undefined) return await succeed(shift, looked.outputs, { looked });
    const request = await requestOf(shift);
    const limit = timeLimit(parts.clock, work.step, (failure) => ending.abort(failure));
    const line = emissionLine(shift, post, limit);
    const outcome = await execute(shift, request, sinkOf(post, work, line), ending.signal, limit);
    if (outcome.status === "suspended") return suspend(work, outcome);
    if (outcome.status === "failed") return await fail(shift, outcome.failure, outcome);
    const refused = await refusedOutput(resultPorts(work), outcome.outputs, line.emitted);
    if (refused !== undefined) return await fail(shift, refused, outcome);
    const out = await parts.values.saveAll(outcome.outputs);
    // Values that were emitted would be missing from a result taken from the cache.
    const kept = line.emitted.size === 0 ? key : undefined;
    return await succeed(shift, out, { outcome, ...(looked && { looked }), ...(kept && { key: kept }) });
  } catch (error) {
    return fail(shift, classify(error), undefined);
  }
}

function workOf(tree: RunTree, started: Started): Work {
  const run = runAt(tree, started.run);
  const node = run.workflow.nodes[started.node] as PlanNode;
  const step = stepOf(run, started.node);
  return {
    started,
    workflow: run.workflow,
    node,
    step,
    component: (started.fallback ? step.fallback : step.component) as ComponentCall,
    path: stepPath(tree, started.run, started.node, started.c),
    place: `${tree.plan.name}/${stepPath(tree, started.run, started.node).replace(/\[\d+\]/g, "[]")}`,
    inputs: cellInputs(run, activationAt(run, started.node, started.n), started.c),
  };
}

/** A fallback owes the ports that links read, whatever else the step would give. */
function resultPorts({ node, started, workflow }: Work): PlanNode {
  if (!started.fallback) return node;
  const read = new Set(node.outLinks.map((link) => workflow.links[link]?.from.port));
  return { ...node, outPorts: node.outPorts.map((port) => (read.has(port.name) ? port : { ...port, optional: true })) };
}

async function keyOf({ parts, settings, tree, work }: Shift): Promise<CacheKey | undefined> {
  const scope = work.step.cache;
  if (!settings.cache || scope === "off" || work.started.fallback || wasUndone(tree, work)) return undefined;
  const ports = work.node.openOutputs ? work.node.outPorts.map((port) => port.name).join(" ") : "";
  return cacheKey(parts, settings, work.component, work.inputs, { place: work.place, ports, scope });
}

/** What it once gave is no more. */
function wasUndone(tree: RunTree, { started }: Work): boolean {
  if (tree.recovery.generations.size === 0) return false;
  const { round } = cellAt(activationAt(runAt(tree, started.run), started.node, started.n), started.c);
  return generationOf(tree, cellKey(tree, started, round)) > 0;
}

function isFresh({ fresh }: RunSettings, path: string): boolean {
  const plain = path.replace(/\[\d+\]/g, "");
  const from = fresh?.replace(/\[\d+\]/g, "");
  return from !== undefined && (plain === from || plain.startsWith(`${from}/`));
}

async function requestOf({ parts, settings, tree, work }: Shift): Promise<AttemptRequest> {
  const { started } = work;
  const cell = cellAt(activationAt(runAt(tree, started.run), started.node, started.n), started.c);
  const memory = tree.plan.pools.findIndex((pool) => pool.name === "memory");
  const memoryBytes = tree.plan.demands[work.step.demand]?.[memory] ?? 0;
  return {
    id: `${tree.id}:${started.id}`,
    component: work.component,
    inputs: await parts.values.loadAll(work.inputs),
    inputPorts: inputPortsOf(work),
    outputPorts: work.node.outPorts.map((port) => port.name).filter((name) => name !== "error"),
    attempt: started.attempt,
    startedAt: parts.clock.now(),
    idempotencyKey: `${tree.id}:${cellKey(tree, started, cell.round)}`,
    runId: tree.id,
    step: work.path,
    folders: settings.folders,
    secrets: await secretsOf(parts.secrets(settings.folders.project), work.component),
    effects: await parts.values.loadAll(Object.fromEntries(cell.effects ?? [])),
    ...(memoryBytes > 0 ? { memoryBytes } : {}),
  };
}

/** Under a map the collection's port gives way to the item's. */
function inputPortsOf(work: Work): string[] {
  const each = work.step.forEach;
  return work.node.ports.map((port, index) => (index === each?.over ? each.as : port.name));
}

/** What one attempt emits. */
type Line = {
  /** Ports that were given values. */
  readonly emitted: ReadonlySet<string>;
  emit(port: string, index: number, value: Json): Promise<void>;
};

/** Values are journaled in the order they were given. What an earlier attempt of the activation sent is not sent again. */
function emissionLine({ parts, settings, tree, work }: Shift, post: AttemptPost, limit: TimeLimit): Line {
  const { node, id } = work.started;
  const emitted = new Set<string>();
  const place = { runId: tree.id, step: work.path };
  let last: Promise<unknown> = Promise.resolve();
  return {
    emitted,
    async emit(port, index, value) {
      emitted.add(port);
      const journaled = last.then(async () => {
        const emission = await emissionOf(parts, settings, work.workflow, { node, port }, value, place);
        await post.emit(work.started, id, port, index, emission);
      });
      last = journaled.catch(() => undefined);
      await journaled;
      const room = post.room(id);
      if (room !== undefined) await limit.outside(room);
    },
  };
}

function sinkOf(post: AttemptPost, work: Work, line: Line): AttemptSink {
  return {
    effect: (name, value) => post.effect(work.started, work.started.id, name, value),
    emit: (port, index, value) => line.emit(port, index, value),
    log: (level, text) => post.log(work.path, level, text),
    progress: (fraction, note) => post.progress(work.path, fraction, note),
  };
}

async function execute(
  { parts, work }: Shift,
  request: AttemptRequest,
  sink: AttemptSink,
  signal: AbortSignal,
  limit: TimeLimit,
): Promise<AttemptOutcome> {
  limit.start();
  try {
    return await executorFor(parts, work.step.executor).execute(request, sink, signal);
  } finally {
    limit.stop();
  }
}

function suspend(work: Work, outcome: Extract<AttemptOutcome, { status: "suspended" }>): Report {
  const { run, node, n, c, id } = work.started;
  const { until, ask, usage } = outcome;
  const waits = { ...(until === undefined ? {} : { until }), ...(ask === undefined ? {} : { ask }) };
  return { input: { type: "attempt.suspended", run, node, n, c, id, ...waits, usage } };
}

async function succeed(
  { parts, settings, tree, work }: Shift,
  out: PortValues,
  found: { outcome?: AttemptOutcome; looked?: Looked; key?: CacheKey },
): Promise<Report> {
  const { run, node, n, c, id } = work.started;
  const { forEach, repeat } = work.step;
  const place = { runId: tree.id, step: work.path };
  const later = forEach !== undefined || repeat !== undefined;
  const links = later ? [] : await findLinks(parts, settings, work.workflow, node, out, place);
  const entry = found.key && { ...found.key, runId: tree.id, outputs: out, at: parts.clock.now() };
  const notes = {
    ...(found.outcome && { usage: found.outcome.usage }),
    ...(found.looked && { cache: found.looked.note }),
  };
  return {
    input: { type: "attempt.succeeded", run, node, n, c, id, out, links, ...notes },
    ...(entry && { cache: entry }),
  };
}

async function fail(
  { parts, settings, tree, work }: Shift,
  failure: Failure,
  outcome: AttemptOutcome | undefined,
): Promise<Report> {
  const { run, node, n, c, id } = work.started;
  const place = { runId: tree.id, step: work.path };
  const mapped = work.step.forEach !== undefined;
  const links = mapped ? [] : await errorLinks(parts, settings, work.workflow, node, failure, place);
  const usage = outcome && { usage: outcome.usage };
  const jitter = parts.clock.random();
  return { input: { type: "attempt.failed", run, node, n, c, id, failure, links, jitter, ...usage } };
}
