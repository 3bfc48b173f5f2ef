import type { Failure } from "../contracts/failure.js";
import type { Handle } from "../contracts/handle.js";
import type { Json } from "../contracts/json.js";
import { nanobrainError } from "../errors/nanobrain-error.js";
import { activationAt, stepOf } from "../kernel/cells.js";
import { decide, nextDue } from "../kernel/decide.js";
import type { Cell, Finding, RunEvent, Unstamped } from "../kernel/event.js";
import { evolve } from "../kernel/evolve.js";
import { isWanted } from "../kernel/fence.js";
import { cellInputs } from "../kernel/inputs.js";
import { createTree, type Errand, type RunState, type RunTree, runAt } from "../kernel/state.js";
import { stepPath } from "../kernel/step-path.js";
import type { Plan } from "../plan/plan.js";
import { type SeededRandom, seededRandom } from "./seeded-random.js";
import { symbolicFailure, symbolicOutputs } from "./symbolic-step.js";
import { answer, findLinks, valuesOf } from "./symbolic-values.js";

export type SymbolicOptions = {
  /** Orders in which things end, and how long they take. */
  readonly seed: number | string;
  /** Attempts at once; default: no bound. */
  readonly slots?: number;
  /** Attempts at once of one executor. */
  readonly lanes?: { readonly [executor: string]: number };
  /** Another kernel, to see whether a property notices. */
  readonly kernel?: { readonly decide: typeof decide; readonly evolve: typeof evolve };
  /** Called after each event, in folds too. */
  readonly watch?: (host: SymbolicHost, event: RunEvent) => void;
};

export type Flight = Cell & { readonly id: number; readonly fallback: boolean; readonly component: string };

/** Decisions that may follow from one input: far more than any built plan needs. */
const FIXPOINT_LIMIT = 20_000;

/**
 * A host without a world: the kernel, and an outside that answers at once and in an order drawn from the seed. Nothing waits, so
 * thousands of runs take seconds. The journal is in memory; a crash is folding a part of it into a new host.
 */
export class SymbolicHost {
  readonly tree: RunTree;
  readonly journal: RunEvent[] = [];
  readonly inFlight = new Map<number, Flight>();
  readonly options: SymbolicOptions;
  now = 1_000_000;
  /** The most decisions that followed from one input. */
  longestFixpoint = 0;
  readonly #random: SeededRandom;
  readonly #kernel: NonNullable<SymbolicOptions["kernel"]>;
  /** Failed attempts so far by step path and component: the outside remembers over crashes. */
  readonly #failed = new Map<string, number>();

  constructor(plan: Plan, options: SymbolicOptions) {
    this.tree = createTree(plan);
    this.options = options;
    this.#random = seededRandom(options.seed);
    this.#kernel = options.kernel ?? { decide, evolve };
  }

  begin(inputs: { readonly [unit: string]: Json } = {}): this {
    return this.beginForked(inputs, []);
  }

  /** Begins with what is taken over from another run. */
  beginForked(inputs: { readonly [unit: string]: Json }, reused: readonly Unstamped[]): this {
    const handles = Object.fromEntries(
      Object.entries(inputs).map(([unit, json]): [string, Handle] => [unit, { json }]),
    );
    const { name, hash } = this.tree.plan;
    this.#apply({
      type: "run.created",
      id: "r1",
      name: "quiet-hopper",
      workflow: name,
      plan: hash,
      format: 1,
      phases: {},
      options: {},
    });
    this.#apply({ type: "run.started", run: 0, workflow: 0, inputs: handles });
    for (const input of reused) this.#apply(input);
    return this.settle();
  }

  /** Folds a journal, as far as it was on disk. Nothing is decided yet. */
  fold(journal: readonly RunEvent[]): this {
    for (const event of journal) this.#fold(event);
    this.now = Math.max(this.now, journal.at(-1)?.at ?? 0);
    return this;
  }

  /** Another process drives the folded run: what was under way is lost. */
  takeOver(cause: "crash" | "drain"): this {
    this.#apply({ type: "run.taken", epoch: 2, by: "test" });
    for (const { run, node, n, c, id } of [...this.inFlight.values()])
      this.#apply({ type: "attempt.lost", run, node, n, c, id, cause });
    return this.settle();
  }

  /** Gives an input to the kernel and decides to the fixpoint. False: it came too late and changed nothing. */
  send(input: Unstamped): boolean {
    if (!isWanted(this.tree, input)) return false;
    this.#apply(input);
    this.settle();
    return true;
  }

  settle(): this {
    for (let count = 0; ; count++) {
      this.longestFixpoint = Math.max(this.longestFixpoint, count);
      if (count > FIXPOINT_LIMIT) throw nanobrainError("E_INTERNAL", { what: "decisions without end" });
      const decision = this.#kernel.decide(this.tree, this.now, (run, node) =>
        this.#admits(run.workflow.nodes[node]?.step?.executor ?? ""),
      );
      if (decision === undefined) return this;
      this.#apply(decision);
    }
  }

  /** One thing happens outside. False: nothing can, until somebody steers. */
  move(): boolean {
    const attempts = [...this.inFlight.keys()];
    const errands = this.tree.ended ? [] : [...this.tree.errands.values()];
    const count = attempts.length + errands.length;
    if (count === 0) return this.#wait();
    this.now += this.#random.int(5);
    const chosen = this.#random.int(count);
    const errand = errands[chosen - attempts.length];
    if (errand === undefined) this.end(attempts[chosen] ?? 0);
    else this.answer(errand);
    return true;
  }

  answer(errand: Errand): void {
    this.send(answer(this.tree, errand));
  }

  /** Moves until nothing can happen any more. Throws when the run neither ended nor waits for somebody. */
  run(): this {
    while (this.move());
    if (!this.tree.ended && !this.tree.paused) throw nanobrainError("E_INTERNAL", { what: "the run hangs" });
    return this;
  }

  /** Ends an attempt as its component's config says. A result that comes too late is dropped. */
  end(id: number): void {
    const flight = this.inFlight.get(id) as Flight;
    const { run: index, node, n, c, fallback } = flight;
    const run = this.tree.runs[index];
    const activation = run?.open.get(node);
    if (run === undefined || activation === undefined) {
      this.inFlight.delete(id);
      return;
    }
    const step = stepOf(run, node);
    const inputs = valuesOf(cellInputs(run, activation, c));
    const config = (fallback ? step.fallback : step.component)?.config ?? {};
    const failure = symbolicFailure(config, inputs, this.#failed.get(this.#key(flight)) ?? 0);
    const at = { run: index, node, n, c, id };
    const taken = failure === undefined ? this.#succeed(run, flight, inputs) : this.fail(at, failure);
    if (!taken) this.inFlight.delete(id);
  }

  /** What an attempt was given. */
  inputsOf({ run: index, node, c }: Flight): { readonly [port: string]: Json } {
    const run = runAt(this.tree, index);
    return valuesOf(cellInputs(run, activationAt(run, node), c));
  }

  /** Ends an attempt with a failure of the caller's choice. */
  fail(at: Cell & { readonly id: number }, failure: Failure): boolean {
    const run = runAt(this.tree, at.run);
    const { forEach, errorLinked } = stepOf(run, at.node);
    const found = forEach === undefined && errorLinked ? findLinks(run, at.node, { error: { json: "failure" } }) : [];
    const links = found.map((finding): Finding => (finding === 1 ? { value: { json: "failure" } } : finding));
    const { run: index, node, n, c, id } = at;
    return this.send({
      type: "attempt.failed",
      run: index,
      node,
      n,
      c,
      id,
      failure,
      links,
      jitter: this.#random.next(),
    });
  }

  #succeed(run: RunState, { node, n, c, id, component }: Flight, inputs: { readonly [port: string]: Json }): boolean {
    const ports = (run.workflow.nodes[node]?.outPorts ?? []).map((port) => port.name);
    const wanted = ports.filter((port) => port !== "error");
    const outputs = Object.entries(symbolicOutputs(component, inputs, wanted));
    const out = Object.fromEntries(outputs.map(([port, json]): [string, Handle] => [port, { json }]));
    const links = stepOf(run, node).forEach === undefined ? findLinks(run, node, out) : [];
    return this.send({ type: "attempt.succeeded", run: run.index, node, n, c, id, out, links });
  }

  get status(): string {
    return this.tree.runs[0]?.status ?? "none";
  }

  get outputs(): { readonly [output: string]: Json } {
    const root = runAt(this.tree, 0);
    const named = root.workflow.outputs.flatMap((node): [string, Json][] => {
      const handle = root.outputs.get(node);
      return handle === undefined
        ? []
        : [[root.workflow.nodes[node]?.name ?? "", valuesOf({ handle })["handle"] ?? null]];
    });
    return Object.fromEntries(named);
  }

  #wait(): boolean {
    const due = nextDue(this.tree);
    if (!Number.isFinite(due)) return false;
    this.now = Math.max(this.now, due);
    const before = this.tree.seq;
    this.settle();
    if (this.tree.seq === before) throw nanobrainError("E_INTERNAL", { what: "nothing was due at the time given" });
    return true;
  }

  #admits(executor: string): boolean {
    const { slots = Number.POSITIVE_INFINITY, lanes = {} } = this.options;
    if (this.inFlight.size >= slots) return false;
    const limit = lanes[executor];
    if (limit === undefined) return true;
    const busy = [...this.inFlight.values()].filter(
      (flight) => stepOf(runAt(this.tree, flight.run), flight.node).executor === executor,
    );
    return busy.length < limit;
  }

  #apply(input: Unstamped): void {
    this.#fold({ seq: this.tree.seq + 1, at: this.now, ...input } as RunEvent);
  }

  #fold(event: RunEvent): void {
    this.#note(event);
    this.#kernel.evolve(this.tree, event);
    this.journal.push(event);
    this.options.watch?.(this, event);
  }

  /** What the outside sees of an event, before the state has changed. */
  #note(event: RunEvent): void {
    if (event.type === "attempt.started") {
      const { run, node, n, c, seq, fallback } = event;
      const step = stepOf(runAt(this.tree, run), node);
      const component = (fallback ? step.fallback : step.component)?.class ?? "";
      this.inFlight.set(seq, { run, node, n, c, id: seq, fallback, component });
    }
    if (event.type !== "attempt.failed" && event.type !== "attempt.succeeded" && event.type !== "attempt.lost") return;
    const flight = this.inFlight.get(event.id);
    this.inFlight.delete(event.id);
    if (flight === undefined || event.type !== "attempt.failed") return;
    const key = this.#key(flight);
    this.#failed.set(key, (this.#failed.get(key) ?? 0) + 1);
  }

  #key(flight: Flight): string {
    return `${stepPath(this.tree, flight.run, flight.node, flight.c)} ${flight.component}`;
  }
}
