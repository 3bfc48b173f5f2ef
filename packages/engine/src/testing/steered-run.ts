import type { Failure } from "../contracts/failure.js";
import type { Json } from "../contracts/json.js";
import { nanobrainError } from "../errors/nanobrain-error.js";
import { stepPath } from "../kernel/step-path.js";
import { buildPlan } from "./plan-builder.js";
import type { WorkflowSpec } from "./plan-spec.js";
import { storyOf } from "./story.js";
import type { Flight } from "./symbolic-flights.js";
import type { SymbolicHost, SymbolicOptions } from "./symbolic-host.js";
import type { OutsideAct } from "./symbolic-outside.js";
import { checkedHost, finish, type SymbolicRun } from "./symbolic-run.js";

/** A run that a test leads by the names of steps instead of by chance. */
export class SteeredRun {
  #run: SymbolicRun;

  constructor(specs: readonly WorkflowSpec[], options: Partial<SymbolicOptions> = {}) {
    this.#run = checkedHost(buildPlan(...specs), { seed: 1, ...options });
  }

  get host(): SymbolicHost {
    return this.#run.host;
  }

  begin(inputs: { readonly [unit: string]: Json } = {}): this {
    this.host.begin(inputs);
    return this.look();
  }

  /** Answers errands and arms timers until only attempts and people are left. */
  look(): this {
    for (;;) {
      const { tree } = this.host;
      const [errand] = tree.ended ? [] : tree.errands.values();
      const arming = tree.ended ? undefined : this.host.due.find((input) => input.type === "trigger.armed");
      if (errand !== undefined) this.host.answer(errand);
      else if (arming === undefined) return this;
      else this.host.send(arming);
    }
  }

  /** Somebody outside does something. */
  act(...acts: readonly OutsideAct[]): this {
    for (const act of acts) {
      this.host.act(act);
      this.look();
    }
    return this;
  }

  /** The attempts of these steps each send their next value. */
  emit(...paths: readonly string[]): this {
    for (const path of paths) {
      this.host.emit(this.flight(path));
      this.look();
    }
    return this;
  }

  /** The person that a step asks decides. */
  answer(path: string, decision: Json): this {
    const asked = this.host.answers.find((input) => path === stepPath(this.host.tree, input.run, input.node, input.c));
    if (asked === undefined) throw nanobrainError("E_INTERNAL", { what: `${path} asks nothing` });
    this.host.send({ ...asked, out: { decision: { json: decision } } });
    return this.look();
  }

  /** Paths of the attempts that wait for room behind what they sent, sorted. */
  get held(): readonly string[] {
    return [...this.host.inFlight.values()]
      .filter((flight) => this.host.isHeld(flight))
      .map((flight) => this.#path(flight))
      .sort();
  }

  /** Paths of the steps under way, sorted. */
  get underWay(): readonly string[] {
    return [...this.host.inFlight.values()].map((flight) => this.#path(flight)).sort();
  }

  /** Ends the attempts of these steps, in this order, as their config says. */
  end(...paths: readonly string[]): this {
    for (const path of paths) {
      this.host.end(this.flight(path).id);
      this.look();
    }
    return this;
  }

  fail(path: string, failure: Failure): this {
    this.host.fail(this.flight(path), failure);
    return this.look();
  }

  /** Time passes; what is due happens. */
  pass(ms: number): this {
    this.host.now += ms;
    this.host.settle();
    return this.look();
  }

  pause(): this {
    this.host.send({ type: "run.paused", by: "test" });
    return this;
  }

  unpause(): this {
    this.host.send({ type: "run.unpaused", by: "test" });
    return this.look();
  }

  resume(): this {
    this.host.send({ type: "run.resumed", by: "test" });
    return this.look();
  }

  /** The process dies (or lets go), and another goes on with what is on disk. */
  restart(cause: "crash" | "drain" = "crash"): this {
    const { host } = this;
    this.#run = checkedHost(host.tree.plan, host.options);
    this.host.fold(host.journal);
    this.host.now = host.now;
    this.host.takeOver(cause);
    return this.look();
  }

  /** Everything happens by itself, in an order by chance, until the run ends. */
  finish(): this {
    finish(this.#run);
    return this;
  }

  /** Rules that the run broke. */
  get faults(): readonly string[] {
    return this.#run.faults;
  }

  /** `path status` of all steps, without units and outputs. */
  get steps(): readonly string[] {
    const { plan } = this.host.tree;
    const names = new Set(
      plan.workflows.flatMap(({ nodes }) => nodes.flatMap((node) => (node.step ? [node.name] : []))),
    );
    return this.#run.endings.lines().filter((line) => names.has(/([^/\s]+) \w+$/.exec(line)?.[1] ?? ""));
  }

  get story(): readonly string[] {
    return storyOf(this.host.tree.plan, this.host.journal);
  }

  /** The lines of the story about one step, without its path. */
  storyOf(path: string): readonly string[] {
    const lines = this.story.filter((line) => line.split(" ").includes(path));
    return lines.map((line) => line.replace(` ${path}`, ""));
  }

  /** How many attempts of a step or item have started. */
  startsOf(path: string): number {
    return this.storyOf(path).filter((line) => line.startsWith("start")).length;
  }

  /** The oldest attempt of a step, or the one of its activation `path#n`. */
  flight(place: string): Flight {
    const [path, n] = place.split("#");
    const found = [...this.host.inFlight.values()].find(
      (flight) => this.#path(flight) === path && (n === undefined || flight.n === Number(n)),
    );
    if (found === undefined) throw nanobrainError("E_INTERNAL", { what: `${place} is not under way` });
    return found;
  }

  #path({ run, node, c }: Flight): string {
    return stepPath(this.host.tree, run, node, c);
  }
}
