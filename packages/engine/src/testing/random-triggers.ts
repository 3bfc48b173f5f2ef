import type { Plan } from "../plan/plan.js";
import { buildPlan } from "./plan-builder.js";
import type { StepSpec, TriggerSpec, WorkflowSpec } from "./plan-spec.js";
import { type SeededRandom, seededRandom } from "./seeded-random.js";
import type { OutsideAct } from "./symbolic-outside.js";

export type RandomReaction = { readonly plan: Plan; readonly acts: readonly OutsideAct[] };

/**
 * A workflow that reacts, and what happens outside: what comes of it depends on time, so that only what must hold of every run can be
 * asked. Each firing of `now` and each file reaches `told` or `filed` by itself, and gives one value of the output of that name.
 */
export function randomReaction(seed: number | string): RandomReaction {
  const random = seededRandom(`reaction ${seed}`);
  return { plan: buildPlan(drawSpec(random)), acts: drawActs(random) };
}

function drawSpec(random: SeededRandom): WorkflowSpec {
  const completion = random.pick(["quiescent", "outputs", "manual"] as const);
  return {
    name: "root",
    strategy: "event_driven",
    completion,
    ...drawRecovery(random),
    parameters: { news: { default: random.int(1000) } },
    steps: { ...drawSteps(random), ...drawConsumers(random) },
    outputs: { ...drawOutputs(completion) },
    links: ["news -> report.kept", "told.x -> tolds", "filed.x -> files", "report.x -> reports", "told.x -> ask.in"],
    triggers: drawTriggers(random),
    queues: {
      work: {
        link: "report.list => wa.row, wb.row",
        each: true,
        capacity: 1 + random.int(3),
        balance: random.pick(["least_loaded", "adaptive"]),
      },
    },
  };
}

function drawOutputs(completion: string): NonNullable<WorkflowSpec["outputs"]> {
  // An output that collects has no value before the end.
  const merge = completion === "outputs" ? "single" : "collect";
  return { tolds: { merge, optional: true }, files: { merge, optional: true }, reports: { merge, optional: true } };
}

function drawRecovery(random: SeededRandom): Partial<WorkflowSpec> {
  const handling = random.pick(["continue", "retry", "rollback"] as const);
  return {
    handling,
    maxRetries: 50,
    retryDelayMs: 10,
    ...(handling === "retry" ? { rollbackOnFailure: true } : {}),
    ...(random.chance(0.5) ? { checkpointIntervalMs: 100 } : {}),
  };
}

function drawSteps(random: SeededRandom): { readonly [step: string]: StepSpec } {
  const failing: Partial<StepSpec> = random.chance(0.5) ? { config: { fails: 1, kind: "network" } } : {};
  const checkpoint = random.chance(0.5) ? { checkpoint: true } : {};
  return {
    told: { ports: { now: { optional: true } }, concurrency: 1 + random.int(2), ...failing, ...checkpoint },
    filed: { ports: { file: {} }, ...failing },
    report: { ports: { kept: { optional: true } }, maxActivations: 200, ...failing },
    ask: { ports: { in: {} }, waits: "person", config: { asks: true }, timeoutMs: 1 + random.int(50), onTimeout: "no" },
  };
}

function drawConsumers(random: SeededRandom): { readonly [step: string]: StepSpec } {
  return { wa: { ports: { row: {} } }, wb: { ports: { row: {} }, concurrency: 1 + random.int(2) } };
}

function drawTriggers(random: SeededRandom): { readonly [trigger: string]: TriggerSpec } {
  const debounce = random.chance(0.5) ? { debounceMs: 20 } : {};
  const intervalMs = 10 + random.int(500);
  return {
    now: { kind: "manual", targets: ["told.now"] },
    inbox: { kind: "folder", targets: ["filed.file"] },
    tick: { kind: "timer", timer: { intervalMs, count: 1 + random.int(3) }, targets: ["report"] },
    fresh: {
      kind: "data_updated",
      watch: random.chance(0.5) ? ["news"] : ["news", "told.x"],
      mode: random.pick(["any", "all"]),
      coalesce: random.chance(0.5),
      targets: ["report"],
      ...debounce,
    },
    bad: { kind: "condition", condition: "news > 500.0", rearmMs: random.int(50), targets: ["report"] },
    both: { kind: "all", members: ["now", "inbox"], targets: ["report"] },
    either: { kind: "any", members: ["now", "bad"], targets: ["report"], coalesce: true },
  };
}

function drawActs(random: SeededRandom): readonly OutsideAct[] {
  const acts = Array.from({ length: 2 + random.int(8) }, (_, index): OutsideAct => {
    const kind = random.int(5);
    if (kind === 0) return { condition: "bad", holds: random.chance(0.5) };
    if (kind === 1) return { set: "news", value: random.int(1000) };
    if (kind === 2) return { fire: "inbox", payload: index, key: `file ${random.int(4)}` };
    return { fire: "now", payload: index };
  });
  return [{ fire: "now", payload: 1000 }, ...acts, { finish: true }];
}
