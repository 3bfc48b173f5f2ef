import type { ComponentCall } from "../contracts/executor.js";
import type { Failure } from "../contracts/failure.js";
import type { Json, JsonObject } from "../contracts/json.js";
import { classify } from "../errors/classify.js";
import { failureOf } from "../errors/failure-of.js";
import type { Driver } from "../host/driver.js";
import type { HostParts } from "../host/parts.js";
import { runAt } from "../kernel/state.js";
import { secretsOf } from "../values/outcome.js";
import type { RunSettings } from "../values/parts.js";
import { runAsideWithin } from "../values/run-aside.js";

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
  try {
    const aside = {
      executor: component.module === undefined ? "local" : "thread",
      id: `${driver.tree.id}:${hook}:${driver.tree.seq}`,
      component,
      inputs: await inputsOf(parts, driver),
      runId: driver.tree.id,
      step: hook,
      secrets: await secretsOf(parts.secrets(settings.folders.project), component),
    };
    const late = failureOf("E_TIMEOUT", { timeoutMs: HOOK_TIMEOUT_MS });
    const outcome = await runAsideWithin(parts, settings, aside, HOOK_TIMEOUT_MS, late);
    return outcome.status === "failed" ? outcome.failure : undefined;
  } catch (error) {
    return classify(error);
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
