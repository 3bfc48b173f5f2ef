import type { At } from "./at.js";
import { componentShape, readComponent } from "./component.js";
import type { ComponentEntry, ErrorHandlingName, StrategyName, WorkflowDocument } from "./document.js";
import { type Fields, makeShape, readFields } from "./fields.js";
import { readDuration } from "./quantities.js";
import { readChoice, readFlag, readWhole } from "./values.js";

const strategyNames = ["sequential", "parallel", "graph", "event_driven"] as const satisfies readonly StrategyName[];
export const errorHandlingNames = [
  "continue",
  "stop",
  "retry",
  "rollback",
] as const satisfies readonly ErrorHandlingName[];

const executors: Readonly<Record<string, string>> = {
  local: "LocalExecutor",
  thread: "ThreadExecutor",
  process: "ProcessExecutor",
  parsl: "ParslExecutor",
};

export const executorShape = componentShape("executor");

export function readStrategy(at: At | undefined): StrategyName {
  const others = { graph_based: "graph", "event-driven": "event_driven" } as const;
  return (at === undefined ? undefined : readChoice(at, strategyNames, others)) ?? "graph";
}

export function readErrorHandling(at: At | undefined): ErrorHandlingName {
  return (at === undefined ? undefined : readChoice(at, errorHandlingNames)) ?? "stop";
}

export function readCompletion(at: At | undefined): WorkflowDocument["completion"] {
  return (at === undefined ? undefined : readChoice(at, ["quiescent", "outputs", "manual"] as const)) ?? "quiescent";
}

const recoveryShape = makeShape("error_handling_config", [
  "max_retries",
  "retry_delay",
  "timeout",
  "rollback_on_failure",
  "preserve_partial_results",
]);

/** `error_handling_config`, with its defaults: 3 retries, 1 s, no timeout. */
export function readRecovery(at: At | undefined): WorkflowDocument["recovery"] {
  const fields = at === undefined ? undefined : readFields(at, recoveryShape);
  const value = <Read>(key: string, read: (at: At) => Read | undefined): Read | undefined => readOf(fields, key, read);
  return {
    maxRetries: value("max_retries", (max) => readWhole(max, { least: 0, most: 10_000 })) ?? 3,
    retryDelayMs: value("retry_delay", (delay) => readDuration(delay)) ?? 1000,
    timeoutMs: value("timeout", (timeout) => readDuration(timeout, { least: 1 })) ?? null,
    rollbackOnFailure: value("rollback_on_failure", readFlag) ?? false,
    preservePartialResults: value("preserve_partial_results", readFlag) ?? true,
  };
}

const monitoringShape = makeShape("monitoring", [
  "enable_progress_tracking",
  "checkpoint_interval",
  "metrics_collection",
  "real_time_updates",
  "performance_optimization",
]);

/** `monitoring`; all of it is on unless switched off, checkpoints have no interval unless one is given. */
export function readMonitoring(at: At | undefined): WorkflowDocument["monitoring"] {
  const fields = at === undefined ? undefined : readFields(at, monitoringShape);
  const flag = (key: string): boolean => readOf(fields, key, readFlag) ?? true;
  return {
    progressTracking: flag("enable_progress_tracking"),
    checkpointIntervalMs: readOf(fields, "checkpoint_interval", (at) => readDuration(at, { least: 1 })) ?? null,
    metricsCollection: flag("metrics_collection"),
    realTimeUpdates: flag("real_time_updates"),
    performanceOptimization: flag("performance_optimization"),
  };
}

/** The workflow's executor: `class` + `config`, or the short word for one. */
export function readWorkflowExecutor(at: At | undefined): ComponentEntry | undefined {
  if (at === undefined) return undefined;
  if (at.node.kind !== "scalar") return readComponent(at, executorShape)?.entry;
  const name = readChoice(at, Object.keys(executors));
  if (name === undefined) return undefined;
  return { className: executors[name]!, config: {}, path: at.path, configPath: at.path };
}

function readOf<Read>(fields: Fields | undefined, key: string, read: (at: At) => Read | undefined): Read | undefined {
  const at = fields?.get(key);
  return at === undefined ? undefined : read(at);
}
