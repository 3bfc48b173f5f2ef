import { isDeepStrictEqual } from "node:util";
import type { Json } from "../contracts/json.js";
import type { RunEvent } from "../kernel/event.js";
import { snapshot } from "../kernel/snapshot.js";
import type { Plan } from "../plan/plan.js";
import { randomReaction } from "./random-triggers.js";
import type { SymbolicOptions } from "./symbolic-host.js";
import { checkedHost, finish, type SymbolicRun } from "./symbolic-run.js";

/** Properties of runs that react, over random ones. Each takes a seed and answers what is wrong; nothing: it holds. */

function faultsOf({ host, faults }: SymbolicRun): readonly string[] {
  return host.status === "completed"
    ? [...faults, ...lostFirings(host.tree.plan, host.journal, host.outputs)]
    : [...faults];
}

/** Every firing that was taken has had its activation; nothing is begun that no firing asked for. Asked of runs that completed. */
export function lostFirings(
  plan: Plan,
  journal: readonly RunEvent[],
  outputs: { readonly [output: string]: Json },
): readonly string[] {
  if (plan.workflows[0]?.completion === "outputs") return [];
  const found: string[] = [];
  for (const [trigger, step] of [
    ["now", "told"],
    ["inbox", "filed"],
  ] as const) {
    const fired = new Set(journal.flatMap((event) => (isFiring(event, plan, trigger) ? [event.key ?? event.seq] : [])));
    const values = outputs[step === "told" ? "tolds" : "files"];
    const given = Array.isArray(values) ? values.length : 0;
    if (given !== fired.size) found.push(`${fired.size} firings of ${trigger}, ${given} values of ${step}`);
  }
  return found;
}

function isFiring(event: RunEvent, plan: Plan, name: string): event is Extract<RunEvent, { type: "trigger.fired" }> {
  return event.type === "trigger.fired" && plan.workflows[0]?.triggers[event.trigger]?.name === name;
}

export function reactsToAll(seed: number, kernel?: SymbolicOptions["kernel"]): readonly string[] {
  const { plan, acts } = randomReaction(seed);
  const live: unknown[] = [];
  const run = checkedHost(plan, {
    seed,
    acts,
    watch: (host) => live.push(snapshot(host.tree)),
    ...(kernel && { kernel }),
  });
  run.host.begin();
  finish(run);
  const folded: string[] = [];
  const again = checkedHost(plan, {
    seed,
    ...(kernel && { kernel }),
    watch: (host, event) => {
      if (!isDeepStrictEqual(snapshot(host.tree), live[event.seq - 1]))
        folded.push(`the fold differs after event ${event.seq} ${event.type}`);
    },
  });
  again.host.fold(run.host.journal);
  return [...faultsOf(run), ...folded.slice(0, 1)];
}

/** Killed after each event: what was acknowledged is not lost, and the run comes to an end. */
export function reactsToAllWhenKilled(seed: number): readonly string[] {
  const { plan, acts } = randomReaction(seed);
  const whole = checkedHost(plan, { seed, acts });
  whole.host.begin();
  finish(whole);
  for (let kept = 2; kept < whole.host.journal.length; kept++) {
    const run = checkedHost(plan, { seed: `${seed} ${kept}`, acts });
    run.host.fold(whole.host.journal.slice(0, kept));
    run.host.takeOver("crash");
    finish(run);
    const found = faultsOf(run);
    if (found.length > 0) return found.map((fault) => `killed after ${kept} events: ${fault}`);
  }
  return [];
}
