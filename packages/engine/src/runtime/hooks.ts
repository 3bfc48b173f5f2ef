import type { AttemptSink, ComponentCall } from "../contracts/executor.js";
import type { Failure } from "../contracts/failure.js";
import type { Json, JsonObject } from "../contracts/json.js";
import { classify } from "../errors/classify.js";
import { failureOf } from "../errors/failure-of.js";
import type { Driver } from "../host/driver.js";
import type { HostParts } from "../host/parts.js";
import { runAt } from "../kernel/state.js";
import { secretsOf } from "../values/outcome.js";
import { executorFor, type RunSettings } from "../values/parts.js";

type Hook = "on_failure" | "on_success" | "on_pause";

/** Time a hook may take, so that no process waits for ever to end. */
const HOOK_TIMEOUT_MS = 30_000;

/**
 * Runs the components that follow the end of a run, or its pause. They change nothing of it: how they ended is journaled as
 * `hook.ended`. A process that dies in between runs none of them again. Resolves when those under way have ended.
 */
export function followRun(parts: HostParts, settings: RunSettings, driver: Driver): () => Promise<void> {
  const { onFailure, onSuccess, onPause } = driver.tree.plan.hooks;
  if (onFailure === undefined && onSuccess === undefined && onPause === undefined) return () => Promise.resolve();
  const underWay = new Set<Promise<void>>();
  const run = (hook: Hook, component: ComponentCall | undefined): void => {
    if (component === undefined) return;
    const done = runHook(parts, settings, driver, hook, component).finally(() => underWay.delete(done));
    underWay.add(done);
  };
  driver.listen((event) => {
    if (event.type === "run.paused") run("on_pause", onPause);
    if (event.type === "run.completed" && event.run === 0) run("on_success", onSuccess);
    if (event.type === "run.failed" && event.run === 0) run("on_failure", onFailure);
  });
  return async () => {
    await Promise.all(underWay);
  };
}

async function runHook(
  parts: HostParts,
  settings: RunSettings,
  driver: Driver,
  hook: Hook,
  component: ComponentCall,
): Promise<void> {
  const failure = await attempt(parts, settings, driver, hook, component);
  const ended = { type: "hook.ended", hook, ...(failure === undefined ? {} : { failure }) } as const;
  await driver.receive(ended).catch(() => undefined);
}

async function attempt(
  parts: HostParts,
  settings: RunSettings,
  driver: Driver,
  hook: Hook,
  component: ComponentCall,
): Promise<Failure | undefined> {
  const controller = new AbortController();
  const timeout = failureOf("E_TIMEOUT", { timeoutMs: HOOK_TIMEOUT_MS });
  const stop = parts.clock.wake(parts.clock.now() + HOOK_TIMEOUT_MS, () => controller.abort(timeout));
  try {
    const inputs = await inputsOf(parts, driver);
    const id = `${driver.tree.id}:${hook}:${driver.tree.seq}`;
    const outcome = await executorFor(parts, component.module === undefined ? "local" : "thread").execute(
      {
        id,
        component,
        inputs,
        inputPorts: Object.keys(inputs),
        outputPorts: [],
        attempt: 1,
        idempotencyKey: id,
        runId: driver.tree.id,
        step: hook,
        folders: settings.folders,
        secrets: await secretsOf(parts.secrets(settings.folders.project), component),
        effects: {},
      },
      silent,
      controller.signal,
    );
    return outcome.status === "failed" ? outcome.failure : undefined;
  } catch (error) {
    return classify(error);
  } finally {
    stop();
  }
}

/** What is known of the run, each on a port of its own, and all of it as `body`. */
async function inputsOf(parts: HostParts, driver: Driver): Promise<{ readonly [port: string]: Json }> {
  const { tree } = driver;
  const root = runAt(tree, 0);
  const outputs: { [unit: string]: Json } = {};
  for (const [node, handle] of root.outputs) {
    outputs[root.workflow.nodes[node]?.name ?? ""] = await parts.values.load(handle);
  }
  const body: JsonObject = {
    run_id: tree.id,
    name: tree.name,
    workflow: tree.plan.name,
    status: driver.status,
    outputs,
    ...(root.cause === undefined ? {} : { failure: root.cause as unknown as Json }),
  };
  return { ...body, body };
}

const silent: AttemptSink = {
  effect: () => Promise.resolve(),
  emit: () => Promise.resolve(),
  log: () => undefined,
  progress: () => undefined,
};
