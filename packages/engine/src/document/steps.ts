import { type At, complain, type Reading } from "./at.js";
import { budgets } from "./budgets.js";
import { type Component, componentShape, readComponent } from "./component.js";
import type { ComponentEntry, LinkEntry, StepEntry } from "./document.js";
import { readNamed, reportTwice, type Shape } from "./fields.js";
import { readInputs, readOutputs } from "./inputs.js";
import { readForEach, readRepeat } from "./iteration.js";
import { readNestedWorkflow } from "./nested-workflow.js";
import { readPools } from "./pools.js";
import { readDuration } from "./quantities.js";
import { errorHandlingNames, executorShape } from "./settings.js";
import { jsonOf, readChoice, readFlag, readText, readTexts, readWhole } from "./values.js";

export type Steps = { readonly steps: readonly StepEntry[]; readonly links: readonly LinkEntry[] };

const stepKeys = [
  "name",
  "error_handling",
  "max_retries",
  "retry_delay",
  "timeout",
  "fallback",
  "on_rollback",
  "on_timeout",
  "resources",
  "executor",
  "cache",
  "checkpoint",
  "depends_on",
  "when_absent",
  "concurrency",
  "max_activations",
  "inputs",
  "outputs",
  "for_each",
  "repeat",
];

const stepSynonyms: Readonly<Record<string, string>> = {
  needs: "depends_on",
  after: "depends_on",
  dependencies: "depends_on",
  retries: "max_retries",
  retry: "max_retries",
  input: "inputs",
  output: "outputs",
  foreach: "for_each",
  loop: "repeat",
  on_error: "error_handling",
  onRollback: "on_rollback",
};

const stepShape = componentShape("step", stepKeys, stepSynonyms);
const fallbackShape = componentShape("fallback");
const rollbackShape = componentShape("rollback hook");

/** All steps in document order, with the links that their `inputs:` say in short. */
export function readSteps(at: At | undefined): Steps {
  if (at === undefined) return { steps: [], links: [] };
  const steps: StepEntry[] = [];
  const links: LinkEntry[] = [];
  const seen = new Set<string>();
  for (const { name, at: entry } of readNamed(at, "step")) {
    if (steps.length >= budgets.steps) {
      complain(entry, "E_LIMIT", `The document has more than ${budgets.steps} steps`, { part: "key" });
      break;
    }
    if (seen.has(name)) reportTwice(entry, "step", name);
    const read = seen.has(name) ? undefined : readStep(entry, name);
    seen.add(name);
    if (read === undefined) continue;
    steps.push(read.step);
    links.push(...read.links);
  }
  return { steps, links };
}

function readStep(
  at: At,
  name: string,
): { readonly step: StepEntry; readonly links: readonly LinkEntry[] } | undefined {
  const component = readComponent(at, stepShape);
  if (component === undefined) return undefined;
  const inputs = readInputs(component.fields.get("inputs"), name);
  const step: StepEntry = {
    ...withWorkflow(component, name),
    name,
    ...scheduling(component),
    ...recoveryOf(component),
    ...iterationOf(component),
    inputs: inputs.entries,
    outputs: readOutputs(component.fields.get("outputs")),
  };
  return { step, links: inputs.links };
}

function scheduling({ fields }: Component) {
  const { get } = fields;
  const cache = optional(get("cache"), (at) => readChoice(at, ["off", "run", "shared"] as const));
  const executor = optional(get("executor"), readExecutor);
  const dependsOn = get("depends_on");
  const maxActivations = optional(get("max_activations"), (at) => readWhole(at, { least: 1, most: 1_000_000_000 }));
  return {
    ...(cache === undefined ? {} : { cache }),
    ...(executor === undefined ? {} : { executor }),
    resources: readPools(get("resources")),
    checkpoint: optional(get("checkpoint"), readFlag) ?? false,
    dependsOn: dependsOn === undefined ? [] : (readTexts(dependsOn) ?? []),
    whenAbsent: optional(get("when_absent"), (at) => readChoice(at, ["skip", "fail"] as const)) ?? "skip",
    concurrency: optional(get("concurrency"), (at) => readWhole(at, { least: 1, most: 10_000 })) ?? 1,
    ...(maxActivations === undefined ? {} : { maxActivations }),
  } as const;
}

function recoveryOf({ fields }: Component) {
  const { get, raw } = fields;
  const errorHandling = optional(get("error_handling"), (at) => readChoice(at, errorHandlingNames));
  const maxRetries = optional(get("max_retries"), (at) => readWhole(at, { least: 0, most: 10_000 }));
  const retryDelayMs = optional(get("retry_delay"), (at) => readDuration(at));
  const timeoutMs = optional(get("timeout"), (at) => readDuration(at, { least: 1 }));
  const onTimeout = raw("on_timeout");
  const fallback = optional(get("fallback"), (at) => readRunnable(at, fallbackShape));
  const onRollback = optional(get("on_rollback"), (at) => readRunnable(at, rollbackShape));
  return {
    ...(errorHandling === undefined ? {} : { errorHandling }),
    ...(maxRetries === undefined ? {} : { maxRetries }),
    ...(retryDelayMs === undefined ? {} : { retryDelayMs }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(onTimeout === undefined ? {} : { onTimeout: jsonOf(onTimeout) }),
    ...(fallback === undefined ? {} : { fallback }),
    ...(onRollback === undefined ? {} : { onRollback }),
  };
}

function iterationOf({ fields }: Component) {
  const forEach = optional(fields.get("for_each"), readForEach);
  const repeat = optional(fields.get("repeat"), readRepeat);
  return { ...(forEach === undefined ? {} : { forEach }), ...(repeat === undefined ? {} : { repeat }) };
}

/** The name of an executor, or one with its config. */
function readExecutor(at: At): string | ComponentEntry | undefined {
  return at.node.kind === "map" ? readComponent(at, executorShape)?.entry : readText(at);
}

/** A component that runs like a step: a fallback or a hook. */
export function readRunnable(at: At, shape: Shape): ComponentEntry | undefined {
  const component = readComponent(at, shape);
  return component === undefined ? undefined : withWorkflow(component, String(at.path.at(-1)));
}

function withWorkflow(component: Component, name: string): ComponentEntry {
  const workflow = readNestedWorkflow(component, name);
  return workflow === undefined ? component.entry : { ...component.entry, workflow };
}

function optional<Value>(at: At | undefined, read: (at: At) => Value | undefined): Value | undefined {
  return at === undefined ? undefined : read(at);
}

/** Reports names that a step shares with a unit. */
export function reportSharedNames(reading: Reading, steps: readonly StepEntry[], units: ReadonlySet<string>): void {
  for (const { name, path } of steps) {
    if (units.has(name)) reportTwice({ reading, path }, "step", name);
  }
}
