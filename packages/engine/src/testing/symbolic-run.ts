import type { Json } from "../contracts/json.js";
import type { RunEvent } from "../kernel/event.js";
import type { Plan } from "../plan/plan.js";
import { Endings } from "./endings.js";
import { outputsText } from "./outputs-text.js";
import { brokenRule, idleSteps, leftovers } from "./run-rules.js";
import { SymbolicHost, type SymbolicOptions } from "./symbolic-host.js";

export type SymbolicRun = {
  readonly host: SymbolicHost;
  readonly endings: Endings;
  /** Rules of `run-rules` that were broken. */
  readonly faults: string[];
};

/** A host whose every event is checked. Nothing has happened yet. */
export function checkedHost(plan: Plan, options: SymbolicOptions): SymbolicRun {
  const endings = new Endings();
  const faults: string[] = [];
  const watch = (at: SymbolicHost, event: RunEvent): void => {
    options.watch?.(at, event);
    endings.note(at.tree, event);
    const broken = brokenRule(at.tree, event);
    if (broken !== undefined) faults.push(broken);
    if (isEnd(event) && isBusy(at, event.run)) faults.push(`R6: attempts under way at the end of run ${event.run}`);
    // Who is held back gives its place away, and has one more when room comes.
    if (at.inFlight.size > (options.slots ?? Number.POSITIVE_INFINITY) && !at.emits)
      faults.push(`too many attempts at ${event.seq}`);
  };
  return { host: new SymbolicHost(plan, { ...options, watch }), endings, faults };
}

function isEnd(event: RunEvent): event is Extract<RunEvent, { type: "run.completed" | "run.failed" | "run.closed" }> {
  return event.type === "run.completed" || event.type === "run.failed" || event.type === "run.closed";
}

/** Whether an attempt of the run, or of a run below it, is under way. A run that completed has been dropped already. */
function isBusy({ tree, free }: SymbolicHost, run: number): boolean {
  return free.some((flight) => {
    let at: number | undefined = flight.run;
    while (at !== undefined && at !== run) at = tree.runs[at]?.parent?.run;
    return at === run;
  });
}

/** One run from its beginning as far as it goes, checked at each event and at its end. */
export function symbolicRun(
  plan: Plan,
  inputs: { readonly [unit: string]: Json },
  options: SymbolicOptions,
): SymbolicRun {
  const run = checkedHost(plan, options);
  run.host.begin(inputs);
  return finish(run);
}

/** Goes on as far as it goes, and checks the end. */
export function finish(run: SymbolicRun): SymbolicRun {
  const { host, endings, faults } = run;
  const unlimited = host.options.slots === undefined && host.options.lanes === undefined;
  for (;;) {
    if (unlimited)
      faults.push(...idleSteps(host.tree).map((step) => `R3: ${step} waits for nothing at ${host.tree.seq}`));
    if (!host.move()) break;
  }
  if (!host.tree.ended && !host.tree.paused) faults.push("the run hangs");
  faults.push(...endings.doubles);
  // With `completion: outputs` a run ends as soon as it has them, whatever else is there.
  const isServed = host.tree.plan.workflows[0]?.completion === "outputs";
  if (host.status === "completed" && !isServed) faults.push(...leftovers(host.tree).map((what) => `R6: ${what}`));
  return run;
}

/** All that must be equal between runs of one workflow: status, outputs, how each step ended. */
export function outcomeOf({ host, endings }: SymbolicRun): string {
  if (host.status !== "completed") return host.status;
  return [host.status, outputsText(host.tree.plan, host.outputs), ...endings.lines()].join("\n");
}
