import type { Json } from "../contracts/json.js";
import type { Cell, RunEvent, Unstamped } from "../kernel/event.js";
import { isWanted } from "../kernel/fence.js";
import { findCell } from "../kernel/recovery/cell-key.js";
import type { RunTree } from "../kernel/state.js";
import { symbolicOutputs } from "./symbolic-step.js";

/** What somebody does to a run while it goes on, once. Names are of the root workflow. */
export type OutsideAct =
  | { readonly fire: string; readonly payload?: Json; readonly key?: string }
  | { readonly condition: string; readonly holds: boolean }
  | { readonly set: string; readonly value: Json }
  | { readonly finish: true };

/** The input an act comes to. */
export function inputOf(tree: RunTree, act: OutsideAct): Unstamped {
  const root = tree.plan.workflows[0];
  const trigger = (name: string) => root?.triggers.findIndex((other) => other.name === name) ?? -1;
  if ("finish" in act) return { type: "run.finished", by: "test" };
  if ("set" in act) {
    const node = root?.nodes.findIndex((other) => other.name === act.set) ?? -1;
    return { type: "unit.set", run: 0, node, value: { json: act.value }, by: "test" };
  }
  if ("condition" in act) {
    const { condition, holds } = act;
    return { type: "trigger.evaluated", run: 0, trigger: trigger(condition), holds, reason: condition };
  }
  const { payload, key } = act;
  return {
    type: "trigger.fired",
    run: 0,
    trigger: trigger(act.fire),
    ...(payload === undefined ? {} : { payload: { json: payload } }),
    ...(key === undefined ? {} : { key }),
    by: "test",
  };
}

/** Whether an event is what an act came to. */
export function isAct(event: RunEvent): boolean {
  if (event.type === "trigger.evaluated") return true;
  const isInput = event.type === "trigger.fired" || event.type === "unit.set" || event.type === "run.finished";
  return isInput && event.by === "test";
}

/** A timer without an interval is due once, after a second. */
const INTERVAL_MS = 1000;

/** An answer to each question that is open in a tree. */
export function answersTo(tree: RunTree): readonly Extract<Unstamped, { type: "wait.answered" }>[] {
  return [...tree.recovery.asking.values()].map((at) => answerTo(tree, at));
}

function answerTo(tree: RunTree, { run, node, n, c }: Cell): Extract<Unstamped, { type: "wait.answered" }> {
  const plan = tree.runs[run]?.workflow.nodes[node];
  const name = tree.runs[run] && findCell(tree.runs[run], { run, node, n, c })?.wait?.name;
  if (name !== undefined) {
    const decision = { json: symbolicOutputs(name, {}, ["decision"])["decision"] ?? null };
    return { type: "wait.answered", run, node, n, c, name, out: { decision }, by: "test" };
  }
  const names = (plan?.outPorts ?? []).map((port) => port.name).filter((port) => port !== "error");
  const values = Object.entries(symbolicOutputs(plan?.step?.component?.class ?? "", {}, names));
  const out = Object.fromEntries(values.map(([port, json]) => [port, { json }]));
  return { type: "wait.answered", run, node, n, c, out, by: "test" };
}

/** Sees events, and knows what the outside owes the run: answers of people, the arming of timers. */
export class SymbolicOutside {
  readonly #asks = new Map<string, Cell>();
  readonly #unarmed = new Map<string, { readonly run: number; readonly trigger: number; readonly due: number }>();
  readonly #fired = new Map<string, number>();

  /** Asked before the event is folded. */
  note(tree: RunTree, event: RunEvent): void {
    switch (event.type) {
      case "attempt.suspended":
        if (event.ask !== undefined) this.#asks.set(keyOf(event), event);
        return;
      case "run.started":
        return this.#started(tree, event);
      case "trigger.fired": {
        const key = `${event.run} ${event.trigger}`;
        this.#fired.set(key, (this.#fired.get(key) ?? 0) + 1);
        return this.#disarmed(tree, event.run, event.trigger, event.at);
      }
      case "trigger.armed":
        this.#unarmed.delete(`${event.run} ${event.trigger}`);
        return;
      default:
        return;
    }
  }

  /** Everything that somebody or something outside may do now, of its own accord. */
  due(tree: RunTree): readonly Unstamped[] {
    const armings = [...this.#unarmed.values()].map(({ run, trigger, due }): Unstamped => {
      const limit = tree.runs[run]?.workflow.triggers[trigger]?.timer?.count ?? Number.POSITIVE_INFINITY;
      const isOver = (this.#fired.get(`${run} ${trigger}`) ?? 0) >= limit;
      return { type: "trigger.armed", run, trigger, due: isOver ? null : due, missed: 0 };
    });
    return [...armings, ...this.answers(tree)].filter((input) => isWanted(tree, input));
  }

  /** An answer for each question that is open. */
  answers(tree: RunTree): readonly Extract<Unstamped, { type: "wait.answered" }>[] {
    return [...this.#asks.values()].map((at) => answerTo(tree, at)).filter((input) => isWanted(tree, input));
  }

  #started(tree: RunTree, event: Extract<RunEvent, { type: "run.started" }>): void {
    const run = "parent" in event ? event.run : 0;
    const triggers = tree.plan.workflows[event.workflow]?.triggers ?? [];
    triggers.forEach((trigger, index) => {
      if (trigger.kind !== "timer") return;
      const due = event.at + (trigger.timer?.intervalMs ?? INTERVAL_MS);
      this.#unarmed.set(`${run} ${index}`, { run, trigger: index, due });
    });
  }

  #disarmed(tree: RunTree, run: number, trigger: number, at: number): void {
    const plan = tree.runs[run]?.workflow.triggers[trigger];
    if (plan?.kind !== "timer") return;
    const due = at + (plan.timer?.intervalMs ?? INTERVAL_MS);
    this.#unarmed.set(`${run} ${trigger}`, { run, trigger, due });
  }
}

function keyOf({ run, node, n, c }: Cell): string {
  return `${run} ${node} ${n} ${c}`;
}
