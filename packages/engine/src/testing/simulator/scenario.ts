import type { Plan } from "../../plan/plan.js";
import { drawRollback } from "../kernel-properties.js";
import { withSteps } from "../plan-builder.js";
import { randomReaction } from "../random-triggers.js";
import { type RandomRange, type RandomWorkflow, randomWorkflow } from "../random-workflow.js";
import { type SeededRandom, seededRandom } from "../seeded-random.js";
import type { OutsideAct } from "../symbolic-outside.js";

export type ScenarioRun = RandomWorkflow & {
  readonly id: string;
  /** Somebody resumes it whenever it has failed. */
  readonly isResumed: boolean;
  /** All that fails passes, so that it ends as if nothing had. */
  readonly isPassing: boolean;
  /** What somebody does outside, one after the other. What comes of it depends on time. */
  readonly acts?: readonly OutsideAct[];
};

/** Everything one seed decides apart from the order in time. */
export type Scenario = {
  readonly seed: number;
  readonly runs: readonly ScenarioRun[];
  readonly lanes: { readonly local: number; readonly thread: number };
  readonly commitMs: number;
  /** How far the wall clock may be set at once; default: a day at most. */
  readonly jumpsMs?: readonly number[];
  /** How soon processes notice; default: as soon as the machine's clock does. */
  readonly jumpNoticedMs?: number;
  /** How many of each may happen; each comes at a moment drawn while it runs. */
  readonly faults: {
    readonly crash: number;
    readonly drain: number;
    readonly pause: number;
    readonly cancel: number;
    readonly full: number;
    readonly error: number;
    readonly jump: number;
  };
};

/** Equal seeds give equal scenarios. */
export type ScenarioDraw = (seed: number) => Scenario;

export const drawScenario: ScenarioDraw = (seed) =>
  drawWith(seed, (random, id, own) => drawRun(random, id, own, ranges[seed % ranges.length] ?? "once"));

/** Runs that go back to a checkpoint at each failure, and undo what some of their steps did. */
export const drawRollbacks: ScenarioDraw = (seed) =>
  drawWith(seed, (_random, id, own) => drawRollingRun(id, own, rollingRanges[seed % rollingRanges.length] ?? "once"));

/** Runs with triggers of every class, and an outside that fires them, sets parameters, drops files and finishes. */
export const drawReactions: ScenarioDraw = (seed) =>
  drawWith(seed, (_random, id, own) => {
    const { plan, acts } = randomReaction(own);
    // Conditions are looked at by the host itself.
    const kept = acts.filter((act) => !("condition" in act));
    return { plan, specs: [], inputs: {}, acts: kept, id, isResumed: false, isPassing: true };
  });

/** Runs that share resources, and results by the cache, some of the same workflow, on a machine whose wall clock is set forward and back. */
export const drawShared: ScenarioDraw = (seed) => {
  const scenario = (seed % 3 === 0 ? drawReactions : drawScenario)(seed);
  const random = seededRandom(`shared ${seed}`);
  const tokens = 1 + random.int(3);
  const runs = scenario.runs.map((run) => ({ ...run, plan: withShared(run.plan, random, tokens) }));
  const again = runs.slice(0, 1).map((run) => ({ ...run, id: "again" }));
  const faults = { ...scenario.faults, jump: random.int(5) };
  return { ...scenario, runs: random.chance(0.5) ? [...runs, ...again] : runs, faults };
};

const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 24 * HOUR_MS;

/** Waits of a month and of ten years, on machines that sleep for a night or have their clock set by years. */
export const drawLong: ScenarioDraw = (seed) => {
  const scenario = drawScenario(seed);
  const random = seededRandom(`long ${seed}`);
  const runs = scenario.runs.map((run) => ({ ...run, plan: withLongWaits(run.plan, random) }));
  // By the minute, ten years are five million looks.
  const jumpNoticedMs = 30 * 24 * HOUR_MS;
  const jumpsMs = [8 * HOUR_MS, YEAR_MS, -YEAR_MS, 40 * YEAR_MS, -40 * YEAR_MS];
  return { ...scenario, runs, faults: { ...scenario.faults, jump: random.int(5) }, jumpsMs, jumpNoticedMs };
};

/** Where nothing bounds the time of a run, or of the wait. */
function withLongWaits(plan: Plan, random: SeededRandom): Plan {
  if (plan.workflows.some(({ timeoutMs }) => timeoutMs !== null)) return plan;
  return withSteps(plan, (step) => {
    const { component } = step;
    if (component?.config["waitMs"] === undefined || step.timeoutMs !== null) return step;
    const waitMs = random.pick([HOUR_MS, 30 * 24 * HOUR_MS, 10 * YEAR_MS]);
    return { ...step, component: { ...component, config: { ...component.config, waitMs } } };
  });
}

type RunDraw = (random: SeededRandom, id: string, seed: string) => ScenarioRun;

function drawWith(seed: number, draw: RunDraw): Scenario {
  const random = seededRandom(`scenario ${seed}`);
  const count = random.chance(0.3) ? 2 + random.int(2) : 1;
  const few = (probability: number, most: number) => (random.chance(probability) ? 1 + random.int(most) : 0);
  return {
    seed,
    runs: Array.from({ length: count }, (_, index) => draw(random, `r${index}`, `${seed} ${index}`)),
    lanes: { local: 1 + random.int(4), thread: 1 + random.int(3) },
    commitMs: random.pick([0, 2, 20]),
    faults: {
      crash: few(0.6, 3),
      drain: few(0.2, 2),
      pause: few(0.3, 2),
      cancel: few(0.05, 1),
      full: few(0.15, 3),
      error: few(0.15, 2),
      jump: 0,
    },
  };
}

const rollingRanges: readonly RandomRange[] = ["once", "often", "once", "reactive"];

/** What is drawn for a seed that found something stays as it was when other ranges are added. */
const ranges: readonly RandomRange[] = ["often", "once", "once", "often", "reactive"];

function drawRun(random: SeededRandom, id: string, seed: string, range: RandomRange): ScenarioRun {
  const isResumed = random.chance(0.15);
  const workflow = randomWorkflow(seed, isResumed ? "passing" : "any", range);
  return { ...workflow, plan: withTimeouts(withoutKeys(workflow.plan)), id, isResumed, isPassing: isResumed };
}

function drawRollingRun(id: string, seed: string, range: RandomRange): ScenarioRun {
  const workflow = drawRollback(range)(seed);
  return { ...workflow, plan: withTimeouts(withoutKeys(workflow.plan)), id, isResumed: false, isPassing: true };
}

/** Steps that fail by timeout hang until theirs ends them. Longer than a full disk may hold up an effect. */
const TIMEOUT_MS = 10_000;

function withTimeouts(plan: Plan): Plan {
  return withSteps(plan, (step) => {
    const { component } = step;
    if (component?.config["kind"] !== "timeout") return step;
    if (component.config["emits"] === undefined) return { ...step, timeoutMs: TIMEOUT_MS };
    // What hangs sends nothing.
    return { ...step, component: { ...component, config: { ...component.config, kind: "network" } } };
  });
}

/** Items of built queues are numbers, without a field to be the key. */
function withoutKeys(plan: Plan): Plan {
  const workflows = plan.workflows.map((workflow) => ({
    ...workflow,
    queues: workflow.queues.map(({ key: _key, ...queue }) => queue),
  }));
  return { ...plan, workflows };
}

/** Steps take some of a pool. Those that do not fail by themselves may take their results from the cache. */
function withShared(plan: Plan, random: SeededRandom, tokens: number): Plan {
  const shared = withSteps(plan, (step) => {
    const { component } = step;
    if (component === undefined) return step;
    const demand = random.int(tokens + 1);
    const isSteady = component.config["fails"] === undefined && component.config["badItems"] === undefined;
    const cache = isSteady ? random.pick(["off", "run", "shared"] as const) : "off";
    return { ...step, demand, cache, component: { ...component, config: { ...component.config, tokens: demand } } };
  });
  const demands = Array.from({ length: tokens + 1 }, (_, amount) => [amount]);
  return { ...shared, pools: [{ name: "tokens", size: tokens }], demands };
}
