import type { Json } from "../contracts/json.js";
import type { RunEvent, Unstamped } from "../kernel/event.js";
import { createRun, type RunState } from "../kernel/state.js";
import { topologyOf } from "../kernel/topology.js";
import { applyTrigger, isListeningTo, type TriggerEvent } from "../kernel/triggers/apply-trigger.js";
import { takeFiring } from "../kernel/triggers/firings.js";
import { decideTriggers, nextTriggerDue } from "../kernel/triggers/trigger-decisions.js";
import { triggerShapeOf } from "../kernel/triggers/trigger-shape.js";
import { copyTriggers, type TriggerState } from "../kernel/triggers/trigger-state.js";
import { type TriggerStatus, triggerStatus } from "../kernel/triggers/trigger-status.js";
import { watchValue } from "../kernel/triggers/watch-values.js";
import type { WorkflowPlan } from "../plan/plan.js";
import { buildPlan } from "./plan-builder.js";
import type { TriggerSpec, WorkflowSpec } from "./plan-spec.js";
import { valuesOf } from "./symbolic-values.js";

/** Triggers of a run without the rest of the kernel: values and inputs come from the test, decisions are taken at once. */
export class TriggerBench {
  readonly workflow: WorkflowPlan;
  readonly run: RunState;
  now = 1000;
  paused = false;
  /** Events so far, without stamps of time: `name by` of firings. */
  readonly log: string[] = [];
  #seq = 0;
  #n = 0;

  constructor(triggers: { readonly [name: string]: TriggerSpec }, spec: Partial<WorkflowSpec> = {}) {
    const units = { a: {}, b: {} };
    const steps = { s: { ports: { a: { optional: true }, b: { optional: true }, in: { optional: true } } } };
    const plan = buildPlan({ strategy: "event_driven", units, steps, links: [], triggers, ...spec });
    this.workflow = plan.workflows[0] as WorkflowPlan;
    this.run = createRun(topologyOf(this.workflow), 0, null, 0, this.now);
  }

  state(name: string): TriggerState {
    return this.run.triggers[this.#trigger(name)] as TriggerState;
  }

  status(name: string): TriggerStatus {
    return triggerStatus(this.state(name));
  }

  /** Units get values, all in one event. */
  set(values: { readonly [unit: string]: Json }): this {
    const seq = ++this.#seq;
    for (const [unit, json] of Object.entries(values)) {
      const node = this.workflow.nodes.findIndex((candidate) => candidate.name === unit);
      for (const { trigger, position } of triggerShapeOf(this.workflow).watching.get(`${node} value`) ?? []) {
        const plan = this.workflow.triggers[trigger];
        const state = this.run.triggers[trigger];
        if (plan && state) watchValue(state, plan, position, { json }, { seq, at: this.now });
      }
    }
    return this.settle();
  }

  /** From outside. False: nobody hears it. */
  fire(name: string, payload?: Json, key?: string): boolean {
    const trigger = this.#trigger(name);
    const told = { trigger, ...(key === undefined ? {} : { key }) };
    if (!isListeningTo(this.run, told)) return false;
    this.send({
      type: "trigger.fired",
      run: 0,
      by: "test",
      ...told,
      ...(payload === undefined ? {} : { payload: { json: payload } }),
    });
    return true;
  }

  arm(name: string, due: number | null, missed = 0): this {
    return this.send({ type: "trigger.armed", run: 0, trigger: this.#trigger(name), due, missed });
  }

  judge(name: string, holds: boolean): this {
    return this.send({ type: "trigger.evaluated", run: 0, trigger: this.#trigger(name), holds, reason: "test" });
  }

  pass(ms: number): this {
    this.now += ms;
    return this.settle();
  }

  /** What the step's next activation would take. */
  take(step = "s"): { readonly [port: string]: Json } | string | undefined {
    const node = this.workflow.nodes.findIndex((candidate) => candidate.name === step);
    const taken = takeFiring(this.run, node, ++this.#n);
    return taken?.status === "ready" ? valuesOf(taken.inputs) : taken?.status;
  }

  get due(): number {
    return nextTriggerDue(this.run);
  }

  send(input: Unstamped): this {
    this.#fold(input);
    return this.settle();
  }

  settle(): this {
    for (let count = 0; !this.paused && count < 1000; count++) {
      const decision = decideTriggers(this.run, this.now);
      if (decision === undefined) break;
      this.#fold(decision);
      // The run stops with it: nothing more is decided.
      if (decision.type === "trigger.escalated" && decision.handling !== "continue") break;
    }
    return this;
  }

  /** Goes on with a copy, as after a rollback. */
  restart(): this {
    this.run.triggers.splice(0, this.run.triggers.length, ...copyTriggers(this.run.triggers));
    return this;
  }

  #fold(event: Unstamped): void {
    const stamped = { seq: ++this.#seq, at: this.now, ...event } as RunEvent as TriggerEvent;
    const name = this.workflow.triggers[stamped.trigger]?.name ?? "";
    this.log.push(`${name} ${stamped.type === "trigger.fired" ? stamped.by : stamped.type.replace("trigger.", "")}`);
    applyTrigger(this.run, stamped);
  }

  #trigger(name: string): number {
    return this.workflow.triggers.findIndex((trigger) => trigger.name === name);
  }
}
