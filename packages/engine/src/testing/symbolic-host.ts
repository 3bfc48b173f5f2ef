import type { Failure } from "../contracts/failure.js";
import type { Handle } from "../contracts/handle.js";
import type { Json, JsonObject } from "../contracts/json.js";
import { failureOf } from "../errors/failure-of.js";
import { nanobrainError } from "../errors/nanobrain-error.js";
import { stepOf } from "../kernel/cells.js";
import { decide, nextDue } from "../kernel/decide.js";
import type { Cell, Finding, RunEvent, Unstamped } from "../kernel/event.js";
import { evolve } from "../kernel/evolve.js";
import { isWanted } from "../kernel/fence.js";
import { cellInputs } from "../kernel/inputs.js";
import { createTree, type Errand, type RunState, type RunTree, runAt } from "../kernel/state.js";
import type { Plan } from "../plan/plan.js";
import { type SeededRandom, seededRandom } from "./seeded-random.js";
import { type Flight, SymbolicFlights } from "./symbolic-flights.js";
import { openAt } from "./symbolic-look.js";
import { inputOf, isAct, type OutsideAct, SymbolicOutside } from "./symbolic-outside.js";
import {
  type SymbolicConfig,
  type SymbolicEmit,
  symbolicEmits,
  symbolicFailure,
  symbolicOutputs,
  symbolicQuestion,
} from "./symbolic-step.js";
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
  /** What happens to the run from outside, in this order; when, is drawn from the seed. */
  readonly acts?: readonly OutsideAct[];
  /** Called after each event, in folds too. */
  readonly watch?: (host: SymbolicHost, event: RunEvent) => void;
};

/** Decisions that may follow from one input: far more than any built plan needs. */
const FIXPOINT_LIMIT = 20_000;

/**
 * A host without a world: the kernel, and an outside that answers at once and in an order drawn from the seed. Nothing waits, so
 * thousands of runs take seconds. The journal is in memory; a crash is folding a part of it into a new host.
 */
export class SymbolicHost {
  readonly tree: RunTree;
  readonly journal: RunEvent[] = [];
  readonly options: SymbolicOptions;
  now = 1_000_000;
  /** The most decisions that followed from one input. */
  longestFixpoint = 0;
  readonly #random: SeededRandom;
  readonly #kernel: NonNullable<SymbolicOptions["kernel"]>;
  readonly #flights: SymbolicFlights;
  readonly #outside = new SymbolicOutside();
  /** Only what emits is ever held. */
  readonly emits: boolean;
  #acted = 0;

  constructor(plan: Plan, options: SymbolicOptions) {
    this.tree = createTree(plan);
    this.#flights = new SymbolicFlights(this.tree);
    const configs = plan.workflows.flatMap(({ nodes }) => nodes.map(({ step }) => step?.component?.config));
    this.emits = configs.some((config) => config?.["emits"] !== undefined);
    this.options = options;
    this.#random = seededRandom(options.seed);
    this.#kernel = options.kernel ?? { decide, evolve };
  }

  get inFlight(): Map<number, Flight> {
    return this.#flights.byId;
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
    for (const { run, node, n, c, id, isUndo } of [...this.inFlight.values()])
      if (!isUndo) this.#apply({ type: "attempt.lost", run, node, n, c, id, cause });
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
    const { free } = this;
    const errands = this.tree.ended ? [] : [...this.tree.errands.values()];
    const due = this.tree.ended ? [] : this.#outside.due(this.tree);
    const count = free.length + errands.length + due.length;
    if ((count === 0 || this.#random.chance(0.2)) && this.#act()) return true;
    if (count === 0) return this.#wait();
    this.now += this.#random.int(5);
    const chosen = this.#random.int(count);
    const flight = free[chosen];
    const errand = errands[chosen - free.length];
    const input = due[chosen - free.length - errands.length];
    if (flight !== undefined) this.step(flight);
    else if (errand !== undefined) this.answer(errand);
    else if (input !== undefined) this.send(input);
    return true;
  }

  /** Does the next of the acts that still has an effect. */
  #act(): boolean {
    const { acts = [] } = this.options;
    if (this.tree.ended || this.tree.paused) return false;
    for (let act = acts[this.#acted]; act !== undefined; act = acts[this.#acted]) {
      if (this.act(act)) return true;
      this.#acted++;
    }
    return false;
  }

  /** False: it came too late. */
  act(act: OutsideAct): boolean {
    return this.send(inputOf(this.tree, act));
  }

  /** An answer for each question that is open. */
  get answers(): readonly Extract<Unstamped, { type: "wait.answered" }>[] {
    return this.#outside.answers(this.tree);
  }

  /** What the outside would do of its own accord: answers, and the arming of timers. */
  get due(): readonly Unstamped[] {
    return this.#outside.due(this.tree);
  }

  /** Attempts under way that nothing holds back. */
  get free(): readonly Flight[] {
    const flights = [...this.inFlight.values()];
    return this.emits ? flights.filter((flight) => !this.isHeld(flight)) : flights;
  }

  /** True while an attempt waits for room behind what it sent: it can do nothing. */
  isHeld(flight: Flight): boolean {
    return this.#flights.isHeld(flight);
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

  /** An attempt does one thing: it sends the next value, or ends. */
  step(flight: Flight): void {
    const emit = this.#emitsOf(flight)[flight.emitted];
    if (emit === undefined) this.end(flight.id);
    else this.#emit(flight, emit);
  }

  /** Sends the next value of an attempt that has one. False: it came too late, or was sent by an earlier attempt. */
  emit(flight: Flight): boolean {
    const emit = this.#emitsOf(flight)[flight.emitted];
    if (emit === undefined) throw nanobrainError("E_INTERNAL", { what: "nothing left to send" });
    return this.#emit(flight, emit);
  }

  #emit(flight: Flight, { port, index, value: json }: SymbolicEmit): boolean {
    flight.emitted++;
    const { run: at, node, n, c, id } = flight;
    const run = this.tree.runs[at];
    if (run === undefined) return false;
    const value: Handle = { json };
    const links = findLinks(run, node, { [port]: value });
    return this.send({ type: "attempt.emitted", run: at, node, n, c, id, port, index, value, links });
  }

  #emitsOf(flight: Flight): readonly SymbolicEmit[] {
    const activation = openAt(this.tree, flight);
    const run = this.tree.runs[flight.run];
    if (flight.isUndo || flight.isAborted || run === undefined || activation === undefined) return [];
    const inputs = valuesOf(cellInputs(run, activation, flight.c));
    const config = this.#configOf(run, flight);
    const failure = symbolicFailure(config, inputs, this.#flights.failuresOf(flight));
    return symbolicEmits(flight.component, inputs, config, failure !== undefined);
  }

  #configOf(run: RunState, { node, fallback }: Flight): JsonObject {
    const step = stepOf(run, node);
    return (fallback ? step.fallback : step.component)?.config ?? {};
  }

  /** Ends an attempt as its component's config says; what it has not sent yet stays unsent. A result that comes too late is dropped. */
  end(id: number): void {
    const flight = this.inFlight.get(id) as Flight;
    if (!this.#ended(flight)) this.inFlight.delete(id);
  }

  #ended(flight: Flight): boolean {
    const { run: index, node, n, c, id } = flight;
    const at = { run: index, node, n, c, id };
    if (flight.isUndo) return this.send({ type: "undo.ended", ...at });
    const run = this.tree.runs[index];
    const activation = openAt(this.tree, flight);
    if (run === undefined || activation === undefined) return false;
    if (flight.isAborted && this.#random.chance(0.7)) return this.fail(at, aborted);
    const inputs = valuesOf(cellInputs(run, activation, c));
    const config = this.#configOf(run, flight);
    const failure = symbolicFailure(config, inputs, this.#flights.failuresOf(flight));
    if (failure !== undefined) return this.fail(at, failure);
    const { waitMs, asks = false } = config as SymbolicConfig;
    if (waitMs !== undefined) return this.send({ type: "attempt.suspended", ...at, until: this.now + waitMs });
    if (asks) return this.send({ type: "attempt.suspended", ...at, ask: { question: flight.component } });
    const known = activation.cells.get(c)?.effects?.keys() ?? [];
    const name = symbolicQuestion(config as SymbolicConfig, known);
    if (name !== undefined)
      return this.send({ type: "attempt.suspended", ...at, ask: { question: `${flight.component} ${name}` }, name });
    return this.#succeed(run, flight, inputs);
  }

  /** What an attempt was given. */
  inputsOf(flight: Flight): { readonly [port: string]: Json } {
    const activation = openAt(this.tree, flight);
    return activation === undefined ? {} : valuesOf(cellInputs(runAt(this.tree, flight.run), activation, flight.c));
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
    const { component: call, fallback, forEach, repeat } = stepOf(run, node);
    const config = (component === fallback?.class ? fallback : call)?.config as SymbolicConfig | undefined;
    const wanted = ports.filter((port) => port !== "error" && config?.emits?.[port] === undefined);
    const outputs = Object.entries(symbolicOutputs(component, inputs, wanted));
    const out = Object.fromEntries(outputs.map(([port, json]): [string, Handle] => [port, { json }]));
    const links = forEach === undefined && repeat === undefined ? findLinks(run, node, out) : [];
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
    if (slots === Number.POSITIVE_INFINITY && lanes[executor] === undefined) return true;
    const { free } = this;
    if (free.length >= slots) return false;
    const limit = lanes[executor];
    if (limit === undefined) return true;
    const busy = free.filter((flight) => stepOf(runAt(this.tree, flight.run), flight.node).executor === executor);
    return busy.length < limit;
  }

  #apply(input: Unstamped): void {
    this.#fold({ seq: this.tree.seq + 1, at: this.now, ...input } as RunEvent);
  }

  #fold(event: RunEvent): void {
    this.#outside.note(this.tree, event);
    if (isAct(event)) this.#acted++;
    this.#flights.note(event);
    this.#kernel.evolve(this.tree, event);
    this.journal.push(event);
    this.options.watch?.(this, event);
  }
}

const aborted: Failure = failureOf("E_CANCELLED", { reason: "rollback" });
