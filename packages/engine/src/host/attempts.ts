import type {
  AttemptOutcome,
  AttemptRequest,
  ComponentCall,
  Executor,
  NearExecutor,
  WorkflowAnswer,
  WorkflowCall,
} from "../contracts/executor.js";
import type { Failure } from "../contracts/failure.js";
import type { Handle } from "../contracts/handle.js";
import type { Json } from "../contracts/json.js";
import type { Amounts, CallNote, CallWish } from "../contracts/spending.js";
import type { StopSign } from "../contracts/stop-sign.js";
import type { CacheEntry } from "../contracts/store.js";
import { classify } from "../errors/classify.js";
import { activationAt, cellAt, stepOf } from "../kernel/cells.js";
import type { Cell, Finding, PortValues, Unstamped } from "../kernel/event.js";
import { cellInputs } from "../kernel/inputs.js";
import { cellKey, generationOf } from "../kernel/recovery/cell-key.js";
import { type OpenCell, type RunTree, runAt } from "../kernel/state.js";
import { stepPath } from "../kernel/step-path.js";
import type { PlanNode, PlanStep, WorkflowPlan } from "../plan/plan.js";
import { type CacheKey, cacheKey, hitAtOnce, type Looked, lookUp } from "../values/cache.js";
import { findLinks } from "../values/findings.js";
import { errorLinks, refusedOutput, secretsOf, usesSecrets } from "../values/outcome.js";
import { executorFor, type RunSettings } from "../values/parts.js";
import { AttemptLine, plainSink } from "./attempt-line.js";
import type { Caller, HostParts } from "./parts.js";
import { stepFacts } from "./step-facts.js";
import { timeLimit } from "./time-limit.js";

/** What an attempt gives back to its driver. Nothing here changes state: outcomes become inputs. */
export type Report = { readonly input: Unstamped; readonly cache?: CacheEntry };

type Emission = { readonly value: Handle; readonly links: readonly Finding[] };

export type AttemptPost = {
  /** Resolves when the value is on disk, or was before. */
  emit(at: Cell, id: number, port: string, index: number, emission: Emission): Promise<void>;
  /** Resolves when the attempt is no longer held by a full queue; undefined: it is not. */
  room(id: number): Promise<void> | undefined;
  effect(at: Cell, id: number, name: string, value: Json, note?: CallNote): Promise<void>;
  /** Sets aside what a call may use up; null gives it back. */
  reserve(at: Cell, id: number, name: string, wish: CallWish | null): Promise<Amounts>;
  log(step: string, level: "debug" | "info" | "warn" | "error", text: string): void;
  warn(at: Cell, id: number, text: string): void;
  progress(step: string, fraction: number | null, note: string): void;
  /** Runs a workflow for an attempt, which holds nothing meanwhile. */
  callWorkflow(caller: Omit<Caller, "isLetGo" | "away">, id: number, call: WorkflowCall): Promise<WorkflowAnswer>;
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
  readonly inputs: PortValues;
  readonly cell: OpenCell;
  /** What earlier attempts of the activation sent, by port. */
  readonly emits: ReadonlyMap<string, number> | undefined;
};

/** What running one attempt takes. */
export type Shift = {
  readonly parts: HostParts;
  readonly settings: RunSettings;
  readonly tree: RunTree;
  readonly work: Work;
};

/** Runs one attempt to its outcome. Never rejects. */
export function runAttempt(
  parts: HostParts,
  settings: RunSettings,
  tree: RunTree,
  started: Started,
  post: AttemptPost,
  stop: StopSign,
): Promise<Report> {
  const shift: Shift = { parts, settings, tree, work: workOf(tree, started) };
  return mayKeep(shift) ? lookUpOrPerform(shift, post, stop) : perform(shift, post, stop, undefined, undefined);
}

/**
 * The end of an attempt that has just begun, if the cache has its result at once and nothing has to be done for it: reading
 * is all that happens here, so that it may come before the beginning is on disk.
 */
export function resultAtOnce(
  parts: HostParts,
  settings: RunSettings,
  tree: RunTree,
  started: Started,
): Unstamped | undefined {
  const shift: Shift = { parts, settings, tree, work: workOf(tree, started) };
  const { node, workflow, component, path } = shift.work;
  const isPlain = node.outLinks.every((link) => workflow.links[link]?.plain === true);
  if (!isPlain || component.module !== undefined || !mayKeep(shift) || isFresh(settings, path)) return undefined;
  const key = keyOf(shift);
  if (key instanceof Promise) {
    key.catch(() => undefined);
    return undefined;
  }
  const looked = hitAtOnce(parts, key);
  const report =
    looked?.outputs === undefined ? undefined : succeed(shift, looked.outputs, undefined, looked, undefined);
  return report === undefined || report instanceof Promise ? undefined : report.input;
}

async function lookUpOrPerform(shift: Shift, post: AttemptPost, stop: StopSign): Promise<Report> {
  const { parts, settings, work } = shift;
  try {
    const key = await keyOf(shift);
    const looked = isFresh(settings, work.path) ? undefined : await lookUp(parts, key);
    if (looked?.outputs !== undefined) return await succeed(shift, looked.outputs, undefined, looked, undefined);
    return await perform(shift, post, stop, looked, key);
  } catch (error) {
    return fail(shift, classify(error), undefined);
  }
}

async function perform(
  shift: Shift,
  post: AttemptPost,
  stop: StopSign,
  looked: Looked | undefined,
  key: CacheKey | undefined,
): Promise<Report> {
  const { parts, work } = shift;
  const limit = timeLimit(parts.clock, work.step, (failure) => stop.raise(failure));
  try {
    const asked = requestOf(shift);
    const request = asked instanceof Promise ? await asked : asked;
    const line = new AttemptLine(shift, post, limit, { request, stop });
    const executor = executorFor(parts, work.step.executor);
    if (executor.postsAhead !== true) limit.start();
    const outcome = await (isNear(executor)
      ? executor.perform(request, line, stop)
      : executor.execute(request, plainSink(line), stop.signal));
    limit.stop();
    if (outcome.status === "suspended") return suspend(work, outcome);
    if (outcome.status === "failed") return await fail(shift, outcome.failure, outcome);
    const refusing = refusedOutput(resultPorts(work), outcome.outputs, line.emitted);
    const refused = refusing instanceof Promise ? await refusing : refusing;
    if (refused !== undefined) return await fail(shift, refused, outcome);
    // Values that were emitted would be missing from a result taken from the cache.
    const report = finish(shift, outcome, looked, line.emitted.size === 0 ? key : undefined);
    return report instanceof Promise ? await report : report;
  } catch (error) {
    limit.stop();
    return fail(shift, classify(error), undefined);
  }
}

type Given = Extract<AttemptOutcome, { status: "succeeded" }>;

function finish(
  shift: Shift,
  outcome: Given,
  looked: Looked | undefined,
  key: CacheKey | undefined,
): Report | Promise<Report> {
  const saved = shift.parts.values.saveAll(outcome.outputs);
  if (saved instanceof Promise) return saved.then((out) => succeed(shift, out, outcome, looked, key));
  return succeed(shift, saved, outcome, looked, key);
}

function workOf(tree: RunTree, started: Started): Work {
  const run = runAt(tree, started.run);
  const activation = activationAt(run, started.node, started.n);
  const node = run.workflow.nodes[started.node] as PlanNode;
  const step = stepOf(run, started.node);
  const isPlain = run.parent === null && step.forEach === undefined;
  return {
    started,
    workflow: run.workflow,
    node,
    step,
    component: (started.fallback ? step.fallback : step.component) as ComponentCall,
    path: isPlain ? node.name : stepPath(tree, started.run, started.node, started.c),
    inputs: cellInputs(run, activation, started.c),
    cell: cellAt(activation, started.c),
    emits: activation.emits,
  };
}

/** A fallback owes the ports that links read, whatever else the step would give. */
function resultPorts({ node, started, workflow }: Work): PlanNode {
  if (!started.fallback) return node;
  const read = new Set(node.outLinks.map((link) => workflow.links[link]?.from.port));
  return { ...node, outPorts: node.outPorts.map((port) => (read.has(port.name) ? port : { ...port, optional: true })) };
}

function mayKeep({ settings, tree, work }: Shift): boolean {
  return settings.cache && work.step.cache !== "off" && !work.started.fallback && !wasUndone(tree, work);
}

function keyOf({ parts, settings, tree, work }: Shift): CacheKey | Promise<CacheKey> {
  const { run, node } = work.started;
  const place = `${tree.plan.name}/${stepPath(tree, run, node).replace(/\[\d+\]/g, "[]")}`;
  const ports = work.node.openOutputs ? work.node.outPorts.map((port) => port.name).join(" ") : "";
  const scope = work.step.cache === "run" ? "run" : "shared";
  return cacheKey(parts, settings, work.component, work.inputs, { place, ports, scope });
}

/** What it once gave is no more. */
function wasUndone(tree: RunTree, { started, cell }: Work): boolean {
  return tree.recovery.generations.size > 0 && generationOf(tree, cellKey(tree, started, cell.round)) > 0;
}

function isFresh({ fresh }: RunSettings, path: string): boolean {
  const plain = path.replace(/\[\d+\]/g, "");
  const from = fresh?.replace(/\[\d+\]/g, "");
  return from !== undefined && (plain === from || plain.startsWith(`${from}/`));
}

function requestOf(shift: Shift): AttemptRequest | Promise<AttemptRequest> {
  const { parts, work } = shift;
  const inputs = parts.values.loadAll(work.inputs);
  const { effects } = work.cell;
  const isPlain = effects === undefined && !usesSecrets(work.component);
  return isPlain && !(inputs instanceof Promise) ? requestWith(shift, inputs, {}, {}) : fullRequest(shift, inputs);
}

async function fullRequest(shift: Shift, inputs: Loaded | Promise<Loaded>): Promise<AttemptRequest> {
  const { parts, settings, work } = shift;
  const loaded = await inputs;
  const secrets = await secretsOf(parts.secrets(settings.folders.project), work.component);
  return requestWith(shift, loaded, secrets, await parts.values.loadAll(Object.fromEntries(work.cell.effects ?? [])));
}

type Loaded = { readonly [port: string]: Json };

function requestWith(
  { parts, settings, tree, work }: Shift,
  inputs: Loaded,
  secrets: AttemptRequest["secrets"],
  effects: Loaded,
): AttemptRequest {
  const { started, node, component, path } = work;
  const { inputPorts, outputPorts, memoryBytes } = stepFacts(tree.plan, node);
  const request: Mutable<AttemptRequest> = {
    id: `${tree.id}:${started.id}`,
    component,
    inputs,
    inputPorts,
    outputPorts,
    attempt: started.attempt,
    startedAt: parts.clock.now(),
    idempotencyKey: `${tree.id}:${cellKey(tree, started, work.cell.round)}`,
    runId: tree.id,
    step: path,
    folders: settings.folders,
    secrets,
    effects,
  };
  if (memoryBytes > 0) request.memoryBytes = memoryBytes;
  if (work.emits !== undefined) request.emitted = Object.fromEntries(work.emits);
  return request;
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

function suspend(work: Work, outcome: Extract<AttemptOutcome, { status: "suspended" }>): Report {
  const { run, node, n, c, id } = work.started;
  const { until, ask, name, usage } = outcome;
  const waits = {
    ...(until === undefined ? {} : { until }),
    ...(ask === undefined ? {} : { ask }),
    ...(name === undefined ? {} : { name }),
  };
  return { input: { type: "attempt.suspended", run, node, n, c, id, ...waits, usage } };
}

function isNear(executor: Executor): executor is NearExecutor {
  return "perform" in executor;
}

function succeed(
  { parts, settings, tree, work }: Shift,
  out: PortValues,
  outcome: AttemptOutcome | undefined,
  looked: Looked | undefined,
  key: CacheKey | undefined,
): Report | Promise<Report> {
  const { forEach, repeat } = work.step;
  const entry = key && { ...key, runId: tree.id, outputs: out, at: parts.clock.now() };
  const done = (links: readonly Finding[]): Report => {
    const input = succeeded(work.started, out, links);
    if (outcome !== undefined) input.usage = outcome.usage;
    if (looked !== undefined) input.cache = looked.note;
    return entry === undefined ? { input } : { input, cache: entry };
  };
  if (forEach !== undefined || repeat !== undefined) return done([]);
  const links = findLinks(parts, settings, work.workflow, work.started.node, out, {
    runId: tree.id,
    step: work.path,
  });
  return links instanceof Promise ? links.then(done) : done(links);
}

type Succeeded = Mutable<Extract<Unstamped, { type: "attempt.succeeded" }>>;

function succeeded({ run, node, n, c, id }: Started, out: PortValues, links: readonly Finding[]): Succeeded {
  return { type: "attempt.succeeded", run, node, n, c, id, out, links };
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
