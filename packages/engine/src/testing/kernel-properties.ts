import { isDeepStrictEqual } from "node:util";
import type { Failure } from "../contracts/failure.js";
import type { StrategyName } from "../document/document.js";
import { failureOf } from "../errors/failure-of.js";
import type { RunEvent } from "../kernel/event.js";
import { snapshot } from "../kernel/snapshot.js";
import type { Plan, WorkflowPlan } from "../plan/plan.js";
import { withoutFailures, withRollback, withStrategies } from "./plan-builder.js";
import { type RandomRange, type RandomWorkflow, randomWorkflow } from "./random-workflow.js";
import { referenceOutcome } from "./reference-outcome.js";
import { type SeededRandom, seededRandom } from "./seeded-random.js";
import type { SymbolicHost, SymbolicOptions } from "./symbolic-host.js";
import { checkedHost, finish, outcomeOf, type SymbolicRun, symbolicRun } from "./symbolic-run.js";

/** A workflow for each seed. */
export type Draw = (seed: number | string) => RandomWorkflow;

export const drawOnce: Draw = (seed) => randomWorkflow(seed);
export const drawOften: Draw = (seed) => randomWorkflow(seed, "any", "often");
export const drawReactive: Draw = (seed) => randomWorkflow(seed, "any", "reactive");

/*
 * Properties of the kernel over random workflows. Each takes a seed and answers what is wrong; nothing: it holds.
 * `kernel` is replaced by one with a planted bug, to see that the property notices.
 */
export type KernelProperty = (seed: number, kernel?: SymbolicOptions["kernel"], draw?: Draw) => readonly string[];

const strategies: readonly StrategyName[] = ["sequential", "parallel", "graph", "event_driven"];

/** Cycles and `each` ports are event-driven only. */
function isReactive(workflow: WorkflowPlan | undefined): boolean {
  return workflow?.nodes.some(({ knot, ports }) => knot >= 0 || ports.some(({ merge }) => merge === "each")) === true;
}

/** The same plan under another strategy, nested workflows under drawn ones. */
export function under(plan: Plan, strategy: StrategyName, random: SeededRandom): Plan {
  return withStrategies(plan, (index) => {
    if (isReactive(plan.workflows[index])) return "event_driven";
    return index === 0 ? strategy : random.pick(strategies);
  });
}

function kernelOf(kernel: SymbolicOptions["kernel"]): Pick<SymbolicOptions, "kernel"> {
  return kernel === undefined ? {} : { kernel };
}

function differs(what: string, outcome: string, expected: string): readonly string[] {
  return outcome === expected ? [] : [`${what}: ${outcome}\ninstead of: ${expected}`];
}

/** Under each strategy, nested ones drawn: outputs and step statuses as the reference says; every order allowed; nothing left over. */
export const sameUnderAllStrategies: KernelProperty = (seed, kernel, draw = drawOnce) => {
  const { plan, inputs } = draw(seed);
  const slots = seed % 3 === 0 ? { slots: 1 + (seed % 4) } : {};
  let first: string | undefined;
  return strategies.flatMap((strategy) => {
    const varied = under(plan, strategy, seededRandom(`inner ${seed}`));
    const run = symbolicRun(varied, inputs, { seed: `${seed} ${strategy}`, ...slots, ...kernelOf(kernel) });
    const outcome = outcomeOf(run);
    first ??= referenceOutcome(plan, inputs);
    return [...run.faults, ...differs(strategy, outcome, first)];
  });
};

/** The state while running is the fold of the journal, after each event. */
export const foldIsLive: KernelProperty = (seed, kernel, draw = drawOnce) => {
  const { plan, inputs } = draw(seed);
  const live: unknown[] = [];
  const watch = (host: SymbolicHost) => live.push(snapshot(host.tree));
  const run = symbolicRun(plan, inputs, { seed, slots: 3, watch, ...kernelOf(kernel) });
  const faults: string[] = [];
  const folded = (host: SymbolicHost, event: RunEvent) => {
    if (isDeepStrictEqual(snapshot(host.tree), live[event.seq - 1])) return;
    faults.push(`the fold differs after event ${event.seq} ${event.type}`);
  };
  const again = checkedHost(plan, { seed, watch: folded, ...kernelOf(kernel) });
  again.host.fold(run.host.journal);
  return [...run.faults, ...faults.slice(0, 1)];
};

/** Killed with any number of events on disk, and several times more: the run ends as the undisturbed one. */
export const killedAtEachEvent: KernelProperty = (seed, kernel, draw = drawOnce) => {
  const workflow = draw(seed);
  const whole = symbolicRun(workflow.plan, workflow.inputs, { seed, ...kernelOf(kernel) });
  const expected = outcomeOf(whole);
  for (let kept = 2; kept < whole.host.journal.length; kept++) {
    const killed = takenOver(workflow.plan, whole.host.journal.slice(0, kept), `${seed} ${kept}`, kernel);
    const random = seededRandom(`kills ${seed} ${kept}`);
    let run = killed.run;
    const faults = [...killed.faults];
    for (let kills = random.int(3); kills > 0; kills--) {
      for (let moves = random.int(6); moves > 0; moves--) run.host.move();
      if (run.host.tree.ended) break;
      faults.push(...run.faults);
      run = takenOver(workflow.plan, run.host.journal, `${seed} ${kept} ${kills}`, kernel).run;
    }
    finish(run);
    const found = [...faults, ...run.faults, ...differs("outcome", outcomeOf(run), expected)];
    if (found.length > 0) return found.map((fault) => `killed after ${kept} events: ${fault}`);
  }
  return whole.faults;
};

function takenOver(
  plan: Plan,
  journal: readonly RunEvent[],
  seed: string,
  kernel: SymbolicOptions["kernel"],
): { run: SymbolicRun; faults: readonly string[] } {
  const run = checkedHost(plan, { seed, ...kernelOf(kernel) });
  run.host.fold(journal);
  const late = [...run.host.inFlight.values()].find((flight) => !flight.isUndo);
  run.host.takeOver("crash");
  if (late === undefined) return { run, faults: [] };
  const { run: index, node, n, c, id } = late;
  const taken = run.host.send({ type: "attempt.succeeded", run: index, node, n, c, id, out: {}, links: [] });
  return { run, faults: taken ? ["the result of a lost attempt was taken"] : [] };
}

/** Paused at any event, for any time, and killed in the pause: nothing starts in it, and the run ends as the undisturbed one. */
export const pausedAtEachEvent: KernelProperty = (seed, kernel, draw = drawOnce) => {
  const workflow = draw(seed);
  const expected = outcomeOf(symbolicRun(workflow.plan, workflow.inputs, { seed, ...kernelOf(kernel) }));
  for (let at = 3; ; at++) {
    const steered = until(workflow, seed, at, kernel);
    if (steered === undefined) return [];
    steered.host.send({ type: "run.paused", by: "test" });
    while (steered.host.move());
    if (steered.host.tree.ended) return [`paused at ${at}: the run ended in the pause`];
    const run = at % 2 === 0 ? steered : takenOver(workflow.plan, steered.host.journal, `${seed}`, kernel).run;
    run.host.now += 100_000;
    run.host.send({ type: "run.unpaused", by: "test" });
    finish(run);
    const found = [...run.faults, ...differs("outcome", outcomeOf(run), expected)];
    if (found.length > 0) return found.map((fault) => `paused at ${at}: ${fault}`);
  }
};

/** A run that goes on until its journal has `at` events; undefined when it ends before. */
function until(
  workflow: RandomWorkflow,
  seed: number,
  at: number,
  kernel: SymbolicOptions["kernel"],
): SymbolicRun | undefined {
  const run = checkedHost(workflow.plan, { seed: `${seed} ${at}`, ...kernelOf(kernel) });
  run.host.begin(workflow.inputs);
  while (run.host.tree.seq < at && run.host.move());
  return run.host.tree.ended ? undefined : run;
}

export const drawPassing: Draw = (seed) => randomWorkflow(seed, "passing");
export const drawPassingOften: Draw = (seed) => randomWorkflow(seed, "passing", "often");

/** A run that stops at each failure and is resumed until it completes ends as one without failures. */
export const stoppedAndResumed: KernelProperty = (seed, kernel, draw = drawPassing) => {
  const { plan, inputs } = draw(seed);
  const expected = outcomeOf(symbolicRun(withoutFailures(plan), inputs, { seed, ...kernelOf(kernel) }));
  let run = symbolicRun(plan, inputs, { seed: `stop ${seed}`, ...kernelOf(kernel) });
  const faults = [...run.faults];
  const tries = expected === "failed" ? 5 : 100;
  for (let resumes = 0; run.host.status === "failed" && resumes < tries; resumes++) {
    if (seed % 2 === 0) {
      const again = checkedHost(plan, { seed: `stop ${seed} ${resumes}`, ...kernelOf(kernel) });
      again.host.fold(run.host.journal);
      run = again;
    }
    run.host.send({ type: "run.resumed", by: "test" });
    finish(run);
    faults.push(...run.faults);
  }
  return [...faults, ...differs("outcome", outcomeOf(run), expected)];
};

/**
 * Failures that pass, in workflows that go back to a checkpoint at each. `range` as of a random workflow; those that would fail without
 * failures too are replaced by others.
 */
export function drawRollback(range: RandomRange): Draw {
  return (seed) => {
    const random = seededRandom(`rollback ${seed}`);
    for (let salt = 0; ; salt++) {
      const workflow = randomWorkflow(`${seed} ${salt}`, "passing", range);
      const { plan, inputs } = workflow;
      if (referenceOutcome(withoutFailures(plan), inputs) === "failed") continue;
      const rolling = withRollback(
        plan,
        (index) => index === 0 || random.chance(0.5),
        () => random.chance(0.3),
      );
      return { ...workflow, plan: rolling };
    }
  };
}

/** Whatever is rolled back, the run ends as one without failures, under each strategy. */
export const rolledBack: KernelProperty = (seed, kernel, draw = drawRollback("once")) => {
  const { plan, inputs } = draw(seed);
  const expected = referenceOutcome(withoutFailures(plan), inputs);
  return strategies.flatMap((strategy) => {
    const varied = under(plan, strategy, seededRandom(`inner ${seed}`));
    const run = symbolicRun(varied, inputs, { seed: `${seed} ${strategy}`, ...kernelOf(kernel) });
    return [...run.faults, ...differs(strategy, outcomeOf(run), expected)];
  });
};

const aborted: Failure = failureOf("E_CANCELLED", { reason: "test" });

/** Cancelled at any event: no new attempt, exactly one end, and a second cancel is too late. */
export const cancelledAtEachEvent: KernelProperty = (seed, kernel, draw = drawOnce) => {
  const workflow = draw(seed);
  for (let at = 3; ; at++) {
    const run = until(workflow, seed, at, kernel);
    if (run === undefined) return [];
    const { host, faults } = run;
    const cancel = { type: "run.cancelled", by: "test", reason: "test" } as const;
    host.send(cancel);
    if (!host.tree.ended && host.send(cancel)) faults.push("a second cancel was taken");
    for (const flight of [...host.inFlight.values()]) {
      const { run: index, node, n, c, id } = flight;
      const at = { run: index, node, n, c, id };
      if (flight.isUndo) host.end(id);
      else if ((seed + id) % 2 === 0 || host.isHeld(flight))
        host.send({ type: "attempt.failed", ...at, failure: aborted, links: [], jitter: 0 });
      else host.end(id);
    }
    finish(run);
    const ends = host.journal.filter((event) => isEnd(event));
    if (ends.length !== 1) faults.push(`${ends.length} ends`);
    if (host.status !== "cancelled") faults.push(`status is ${host.status}`);
    if (host.send(cancel)) faults.push("a cancel after the end was taken");
    if (faults.length > 0) return faults.map((fault) => `cancelled at ${at}: ${fault}`);
  }
};

function isEnd(event: RunEvent): boolean {
  return (
    (event.type === "run.completed" || event.type === "run.failed" || event.type === "run.closed") && event.run === 0
  );
}

/** What is decided after one input is bounded by the size of the plan and of its open runs, whatever happened before. */
export const boundedFixpoint: KernelProperty = (seed, kernel, draw = drawOnce) => {
  const { plan, inputs } = draw(seed);
  const { host, faults } = symbolicRun(plan, inputs, { seed, ...kernelOf(kernel) });
  const nodes = plan.workflows.reduce((sum, workflow) => sum + workflow.nodes.length, 0);
  const bound = 4 * nodes * 5;
  return host.longestFixpoint <= bound ? faults : [`${host.longestFixpoint} decisions at once over ${nodes} nodes`];
};
