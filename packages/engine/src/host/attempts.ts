import type { AttemptOutcome, AttemptRequest, AttemptSink, ComponentCall } from "../contracts/executor.js";
import type { Failure } from "../contracts/failure.js";
import type { Json } from "../contracts/json.js";
import type { CacheEntry } from "../contracts/store.js";
import { classify } from "../errors/classify.js";
import { failureOf } from "../errors/failure-of.js";
import { nanobrainError } from "../errors/nanobrain-error.js";
import { activationAt, cellAt, stepOf } from "../kernel/cells.js";
import type { Cell, Finding, PortValues, Unstamped } from "../kernel/event.js";
import { cellInputs } from "../kernel/inputs.js";
import { type RunTree, runAt } from "../kernel/state.js";
import { stepPath } from "../kernel/step-path.js";
import type { PlanNode, PlanStep } from "../plan/plan.js";
import { type CacheKey, cacheKey, type Looked, lookUp } from "../values/cache.js";
import { refusal } from "../values/check-value.js";
import { findLinks } from "../values/findings.js";
import { executorFor, type RunSettings } from "../values/parts.js";
import type { HostParts } from "./parts.js";

/** What an attempt gives back to its driver. Nothing here changes state: outcomes become inputs. */
export type Report = { readonly input: Unstamped; readonly cache?: CacheEntry };

export type AttemptPost = {
  effect(at: Cell, id: number, name: string, value: Json): Promise<void>;
  log(step: string, level: "debug" | "info" | "warn" | "error", text: string): void;
  progress(step: string, fraction: number | null, note: string): void;
};

export type Started = Cell & { readonly id: number; readonly fallback: boolean; readonly attempt: number };

type Work = {
  readonly started: Started;
  readonly node: PlanNode;
  readonly step: PlanStep;
  readonly component: ComponentCall;
  readonly path: string;
  readonly place: string;
  readonly inputs: PortValues;
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
  try {
    const key = await keyOf(parts, settings, work);
    const looked = key === undefined || isFresh(settings, work.path) ? undefined : await lookUp(parts, key);
    if (looked?.outputs !== undefined) return await succeed(parts, settings, tree, work, looked.outputs, { looked });
    const request = await requestOf(parts, settings, tree, work);
    const outcome = await execute(parts, work, request, post, ending);
    if (outcome.status !== "succeeded")
      return await fail(parts, settings, tree, work, failureOfOutcome(outcome), outcome);
    const refused = await refusedOutput(work.node, outcome.outputs);
    if (refused !== undefined) return await fail(parts, settings, tree, work, refused, outcome);
    const out = await parts.values.saveAll(outcome.outputs);
    return await succeed(parts, settings, tree, work, out, { outcome, ...(looked && { looked }), ...(key && { key }) });
  } catch (error) {
    return fail(parts, settings, tree, work, classify(error), undefined);
  }
}

function workOf(tree: RunTree, started: Started): Work {
  const run = runAt(tree, started.run);
  const node = run.workflow.nodes[started.node] as PlanNode;
  const step = stepOf(run, started.node);
  return {
    started,
    node,
    step,
    component: (started.fallback ? step.fallback : step.component) as ComponentCall,
    path: stepPath(tree, started.run, started.node, started.c),
    place: `${tree.plan.name}/${stepPath(tree, started.run, started.node).replace(/\[\d+\]/g, "[]")}`,
    inputs: cellInputs(run, activationAt(run, started.node), started.c),
  };
}

async function keyOf(parts: HostParts, settings: RunSettings, work: Work): Promise<CacheKey | undefined> {
  const scope = work.step.cache;
  if (!settings.cache || scope === "off" || work.started.fallback) return undefined;
  const ports = work.node.openOutputs ? work.node.outPorts.map((port) => port.name).join(" ") : "";
  return cacheKey(parts, settings, work.component, work.inputs, { place: work.place, ports, scope });
}

function isFresh({ fresh }: RunSettings, path: string): boolean {
  const plain = path.replace(/\[\d+\]/g, "");
  const from = fresh?.replace(/\[\d+\]/g, "");
  return from !== undefined && (plain === from || plain.startsWith(`${from}/`));
}

async function requestOf(parts: HostParts, settings: RunSettings, tree: RunTree, work: Work): Promise<AttemptRequest> {
  const { started } = work;
  const cell = cellAt(activationAt(runAt(tree, started.run), started.node), started.c);
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
    idempotencyKey: `${tree.id}:${work.path}:${started.n}`,
    runId: tree.id,
    step: work.path,
    folders: settings.folders,
    secrets: await secretsOf(parts, settings, work.component),
    effects: await parts.values.loadAll(Object.fromEntries(cell.effects ?? [])),
    ...(memoryBytes > 0 ? { memoryBytes } : {}),
  };
}

/** Under a map the collection's port gives way to the item's. */
function inputPortsOf(work: Work): string[] {
  const each = work.step.forEach;
  return work.node.ports.map((port, index) => (index === each?.over ? each.as : port.name));
}

async function secretsOf(
  parts: HostParts,
  settings: RunSettings,
  component: ComponentCall,
): Promise<{ [name: string]: string }> {
  const secrets = parts.secrets(settings.folders.project);
  const found: { [name: string]: string } = {};
  for (const [, name] of JSON.stringify(component.config).matchAll(/\$\{secret:([A-Za-z0-9_.-]+)\}/g)) {
    if (name === undefined) continue;
    const value = await secrets.read(name);
    if (value === undefined) throw nanobrainError("E_SECRET", { name });
    found[name] = value;
  }
  return found;
}

function failureOfOutcome(outcome: Exclude<AttemptOutcome, { readonly status: "succeeded" }>): Failure {
  return outcome.status === "failed"
    ? outcome.failure
    : failureOf("E_INTERNAL", { what: "a suspended attempt is not carried here" });
}

function sinkOf(post: AttemptPost, work: Work): AttemptSink {
  return {
    effect: (name, value) => post.effect(work.started, work.started.id, name, value),
    emit: (port) => Promise.reject(nanobrainError("E_EMIT", { port, what: "emits are not carried here" })),
    log: (level, text) => post.log(work.path, level, text),
    progress: (fraction, note) => post.progress(work.path, fraction, note),
  };
}

/** Ends the attempt at its timeout. */
async function execute(
  parts: HostParts,
  work: Work,
  request: AttemptRequest,
  post: AttemptPost,
  ending: AbortController,
): Promise<AttemptOutcome> {
  const { timeoutMs } = work.step;
  const executor = executorFor(parts, work.step.executor);
  const sink = sinkOf(post, work);
  if (timeoutMs === null) return executor.execute(request, sink, ending.signal);
  const late = () => ending.abort(failureOf("E_TIMEOUT", { timeoutMs }));
  const stop = parts.clock.wake(parts.clock.now() + timeoutMs, late);
  try {
    return await executor.execute(request, sink, ending.signal);
  } finally {
    stop();
  }
}

/** A result that its own port's schema refuses is the step's failure. */
async function refusedOutput(node: PlanNode, outputs: { readonly [port: string]: Json }): Promise<Failure | undefined> {
  for (const port of node.outPorts) {
    const value = outputs[port.name];
    if (value === undefined) {
      if (!port.optional && port.name !== "error" && !node.openOutputs)
        return failureOf("E_OUTPUT_MISSING", { port: port.name });
      continue;
    }
    const refused = await refusal(port.schema, value, `${node.name}.${port.name}`);
    if (refused !== undefined) return refused;
  }
  return undefined;
}

async function succeed(
  parts: HostParts,
  settings: RunSettings,
  tree: RunTree,
  work: Work,
  out: PortValues,
  found: { outcome?: AttemptOutcome; looked?: Looked; key?: CacheKey },
): Promise<Report> {
  const { run, node, n, c, id } = work.started;
  const mapped = work.step.forEach !== undefined;
  const place = { runId: tree.id, step: work.path };
  const links = mapped ? [] : await findLinks(parts, settings, runAt(tree, run).workflow, node, out, place);
  const entry = found.key && { ...found.key, runId: tree.id, outputs: out, at: parts.clock.now() };
  return {
    input: {
      type: "attempt.succeeded",
      run,
      node,
      n,
      c,
      id,
      out,
      links,
      ...(found.outcome && { usage: found.outcome.usage }),
      ...(found.looked && { cache: found.looked.note }),
    },
    ...(entry && { cache: entry }),
  };
}

async function fail(
  parts: HostParts,
  settings: RunSettings,
  tree: RunTree,
  work: Work,
  failure: Failure,
  outcome: AttemptOutcome | undefined,
): Promise<Report> {
  const { run, node, n, c, id } = work.started;
  const links = work.step.forEach === undefined ? await errorLinks(parts, settings, tree, work, failure) : [];
  return {
    input: {
      type: "attempt.failed",
      run,
      node,
      n,
      c,
      id,
      failure,
      links,
      jitter: parts.clock.random(),
      ...(outcome && { usage: outcome.usage }),
    },
  };
}

/** What the `error` port would carry if the run goes on without this step; its other ports carry absence. */
async function errorLinks(
  parts: HostParts,
  settings: RunSettings,
  tree: RunTree,
  work: Work,
  failure: Failure,
): Promise<readonly Finding[]> {
  if (!work.step.errorLinked) return [];
  const workflow = runAt(tree, work.started.run).workflow;
  const error = await parts.values.save(failure as unknown as Json);
  const found = await findLinks(
    parts,
    settings,
    workflow,
    work.started.node,
    { error },
    { runId: tree.id, step: work.path },
  );
  return found.map((finding) => (finding === 1 || (finding !== 0 && "passed" in finding) ? { value: error } : finding));
}
