import { openMemoryStore } from "../../adapters/stores/memory/memory-store.js";
import { Admission } from "../../admit/admission.js";
import type { Clock } from "../../contracts/clock.js";
import type { AttemptRequest } from "../../contracts/executor.js";
import type { RunRecord, Store } from "../../contracts/store.js";
import type { Watcher } from "../../contracts/watcher.js";
import { NanobrainError, nanobrainError } from "../../errors/nanobrain-error.js";
import type { Driver } from "../../host/driver.js";
import { beginRun, takeOver } from "../../host/open-run.js";
import type { Unstamped } from "../../kernel/event.js";
import type { Script } from "../fake-executor.js";
import { jumpingClock, type WallOffset } from "../jumping-clock.js";
import { type SeededRandom, seededRandom } from "../seeded-random.js";
import { SimulatedClock } from "../simulated-clock.js";
import { answersTo } from "../symbolic-outside.js";
import { Actor } from "./actor.js";
import { type CommitFault, faultyStore } from "./faulty-store.js";
import { roomFaults } from "./room-rules.js";
import { checkRun, expectedOf } from "./run-check.js";
import { drawScenario, type Scenario, type ScenarioDraw, type ScenarioRun } from "./scenario.js";
import { SimulatedFolder } from "./simulated-folder.js";
import { laneSizes, SimulatedProcess, simulatedSettings } from "./simulated-process.js";
import { scriptOf } from "./simulated-step.js";
import { Witness } from "./witness.js";

/** Where a defect can be planted, to see whether the simulator notices. */
export type Planted = {
  store?(store: Store, clock: Clock): Store;
  clock?(clock: Clock): Clock;
  admission?(sizes: { readonly [pool: string]: number }): Admission;
  script?(request: AttemptRequest, script: Script): Script;
  watcher?(watcher: Watcher): Watcher;
  /** Scenarios in which it shows; default: `drawScenario`. */
  readonly draw?: ScenarioDraw;
};

export type SimulationReport = {
  readonly faults: readonly string[];
  /** Everything that happened, as text: equal seeds give equal texts. */
  readonly text: string;
  /** How often each kind of fault was injected. */
  readonly injected: { readonly [fault: string]: number };
};

type FaultKind = keyof Scenario["faults"];

/** Far more than any scenario takes; more is a livelock. */
const STEP_LIMIT = 100_000;
/** A run that is resumed more often than this will never end. */
const RESUME_LIMIT = 300;

/** How far the wall clock is set at once. */
const jumpsMs = [-86_400_000, -3_600_000, -10_000, -1000, 1000, 10_000, 3_600_000, 86_400_000];

/** Runs the engine's real kernel and host over simulated time, disk and steps, with faults drawn by the seed. */
export async function simulate(
  seed: number,
  planted: Planted = {},
  draw: ScenarioDraw = planted.draw ?? drawScenario,
): Promise<SimulationReport> {
  const simulation = new Simulation(draw(seed), planted);
  return simulation.run();
}

class Simulation {
  readonly #scenario: Scenario;
  readonly #planted: Planted;
  readonly #random: SeededRandom;
  readonly #clock: SimulatedClock;
  readonly #disk = openMemoryStore();
  readonly #witness = new Witness();
  readonly #faults: string[] = [];
  readonly #injected: { [fault: string]: number } = {};
  readonly #left: { [kind in FaultKind]: number };
  /** Inputs by run that somebody was told are on disk. */
  readonly #acked: { readonly run: string; readonly type: string }[] = [];
  #process: SimulatedProcess;
  #forget: () => void = () => undefined;
  #generation = 0;
  #resumes = 0;
  #commitFaults: CommitFault[] = [];
  #isDraining = false;
  #isBrokenAtStart = false;
  /** Of the machine: processes on it see one time. */
  readonly #wall: WallOffset = { ms: 0 };
  readonly #folder = new SimulatedFolder();
  readonly #actors: readonly Actor[];

  constructor(scenario: Scenario, planted: Planted) {
    this.#scenario = scenario;
    this.#planted = planted;
    this.#random = seededRandom(`order ${scenario.seed}`);
    this.#clock = new SimulatedClock({ seed: `clock ${scenario.seed}` });
    this.#left = { ...scenario.faults };
    this.#actors = scenario.runs.map(({ id, acts = [] }) => new Actor(id, acts, this.#folder));
    this.#process = this.#boot();
  }

  async run(): Promise<SimulationReport> {
    this.#open();
    for (let steps = 0; ; steps++) {
      await quiet();
      if (await this.#isFinished()) break;
      if (steps > STEP_LIMIT) {
        this.#faults.push("the simulation does not end");
        break;
      }
      if (await this.#resumeFailed()) continue;
      if (this.#isAsked && this.#random.chance(0.1)) this.#answer();
      if (this.#isActing && this.#random.chance(0.1)) this.#act();
      if (await this.#isBroken()) this.#crash();
      else if (this.#random.chance(0.04)) this.#inject();
      else if (!this.#clock.step() && !this.#answer() && !this.#act()) {
        this.#faults.push("the run hangs: nothing is due and it has not ended");
        break;
      }
    }
    return this.#report();
  }

  #boot(): SimulatedProcess {
    this.#generation++;
    this.#isDraining = false;
    const { lanes, commitMs } = this.#scenario;
    const view = this.#clock.forProcess();
    this.#forget = view.drop;
    const wall = jumpingClock(view.clock, this.#wall, this.#scenario.jumpNoticedMs).clock;
    const clock = this.#planted.clock?.(wall) ?? wall;
    const random = this.#random.fork(`process ${this.#generation}`);
    const fault = () => this.#commitFaults.shift() ?? "none";
    const store = faultyStore({ disk: this.#disk, clock: view.clock, random, latencyMs: commitMs, fault });
    const sizes = laneSizes(lanes);
    return new SimulatedProcess({
      store: this.#planted.store?.(store, view.clock) ?? store,
      clock,
      lanes,
      admission: this.#planted.admission?.(sizes) ?? new Admission(sizes),
      script: (request) => {
        this.#faults.push(...roomFaults(this.#process, this.#scenario, request));
        const world = { seed: this.#scenario.seed, clock: view.clock, disk: this.#disk, witness: this.#witness };
        const script = scriptOf(request, world);
        return this.#planted.script?.(request, script) ?? script;
      },
    });
  }

  /** Starts or takes over every run that has not ended. */
  #open(): void {
    for (const run of this.#scenario.runs) this.#openSoon(this.#process, run);
  }

  /** Whoever runs a process whose store failed it at once starts another. */
  #openSoon(process: SimulatedProcess, run: ScenarioRun): void {
    this.#openRun(process, run).catch((error: unknown) => {
      if (process !== this.#process) return;
      if (isOfStore(error)) this.#isBrokenAtStart = true;
      else this.#faults.push(`cannot open ${run.id}: ${String(error)}`);
    });
  }

  async #openRun(process: SimulatedProcess, run: ScenarioRun): Promise<void> {
    const record = await this.#disk.find(run.id);
    if (record !== undefined && isOver(record) && !this.#mayResume(run, record)) return;
    if (record !== undefined) this.#witness.forgetUnheard(run.id, await this.#disk.events(run.id));
    const driver = record === undefined ? await this.#begin(process, run) : await this.#takeOver(process, run, record);
    process.drivers.set(run.id, driver);
    if (run.acts !== undefined)
      await process.react(driver, () => this.#disk.events(run.id), this.#folder, this.#planted.watcher);
    driver.stir();
  }

  #begin(process: SimulatedProcess, run: ScenarioRun): Promise<Driver> {
    const inputs = Object.fromEntries(Object.entries(run.inputs).map(([unit, json]) => [unit, { json }]));
    const created = {
      type: "run.created",
      id: run.id,
      name: `run-${run.id}`,
      workflow: run.plan.name,
      plan: run.plan.hash,
      format: 1,
      phases: {},
      options: {},
    } as const;
    return beginRun(process.parts, simulatedSettings, run.plan, { created, inputs, reused: [] });
  }

  #takeOver(process: SimulatedProcess, run: ScenarioRun, record: RunRecord): Promise<Driver> {
    if (record.status === "failed") this.#resumes++;
    return takeOver(process.parts, simulatedSettings, record, run.plan, `process ${this.#generation}`);
  }

  async #isFinished(): Promise<boolean> {
    for (const run of this.#scenario.runs) {
      const record = await this.#disk.find(run.id);
      if (record === undefined || !isOver(record) || this.#mayResume(run, record)) return false;
    }
    const isIdle = this.#process.executors.every((executor) => executor.running.size === 0);
    return isIdle && [...this.#process.drivers.values()].every((driver) => driver.isAtRest);
  }

  /** Somebody resumes a failed run again and again, until what passes has passed. */
  async #resumeFailed(): Promise<boolean> {
    for (const run of this.#scenario.runs) {
      const record = await this.#disk.find(run.id);
      const driver = this.#process.drivers.get(run.id);
      if (record === undefined || !this.#mayResume(run, record)) continue;
      if (driver === undefined || !driver.isAtRest || this.#isDraining) continue;
      this.#process.drivers.delete(run.id);
      this.#openSoon(this.#process, run);
      return true;
    }
    return false;
  }

  #mayResume(run: ScenarioRun, record: RunRecord): boolean {
    return needsResume(run, record) && this.#resumes < RESUME_LIMIT && expectedOf(run) !== "failed";
  }

  /** A process whose store failed it must not go on; whoever runs it starts another. */
  async #isBroken(): Promise<boolean> {
    if (this.#isBrokenAtStart) return true;
    for (const driver of this.#process.drivers.values()) {
      const isBroken = () =>
        driver.rest().then(
          () => false,
          () => true,
        );
      if (driver.isAtRest && (await isBroken())) return true;
    }
    return false;
  }

  #count(what: string): void {
    this.#injected[what] = (this.#injected[what] ?? 0) + 1;
  }

  #crash(): void {
    this.#count("crash");
    this.#isBrokenAtStart = false;
    this.#forget();
    this.#commitFaults = [];
    this.#process = this.#boot();
    this.#open();
  }

  #inject(): void {
    const kinds = (Object.keys(this.#left) as FaultKind[]).filter((kind) => this.#left[kind] > 0);
    if (kinds.length === 0) return;
    const kind = this.#random.pick(kinds);
    this.#left[kind]--;
    switch (kind) {
      case "crash":
        return this.#crash();
      case "drain":
        return this.#drain();
      case "pause":
        return this.#pause();
      case "cancel":
        return void this.#steer({ type: "run.cancelled", by: "test", reason: "test" });
      case "full":
      case "error":
        this.#count(kind);
        this.#commitFaults.push(kind);
        return;
      case "jump":
        this.#count(kind);
        this.#wall.ms += this.#random.pick(this.#scenario.jumpsMs ?? jumpsMs);
    }
  }

  /** Resolves when somebody was told whether the input counts; never, if the process ends before. */
  async #steer(input: Unstamped, driver = this.#anyDriver()): Promise<boolean> {
    if (driver === undefined) return false;
    this.#count(input.type);
    try {
      const isWanted = await driver.receive(input);
      if (isWanted) this.#acked.push({ run: driver.tree.id, type: input.type });
      return true;
    } catch {
      return false;
    }
  }

  get #isAsked(): boolean {
    return [...this.#process.drivers.values()].some((driver) => answersTo(driver.tree).length > 0);
  }

  /** Somebody answers all that is asked. False: nothing is. */
  #answer(): boolean {
    let isAsked = false;
    for (const driver of this.#process.drivers.values()) {
      for (const input of answersTo(driver.tree)) {
        isAsked = true;
        void this.#steer(input, driver);
      }
    }
    return isAsked;
  }

  get #isActing(): boolean {
    return this.#actors.some((actor) => actor.isActing);
  }

  /** Each who has something to do outside does the next thing. False: nobody has. */
  #act(): boolean {
    return this.#actors
      .map((actor) => {
        const driver = this.#process.drivers.get(actor.run);
        return driver !== undefined && actor.act(driver, (input) => this.#steer(input, driver));
      })
      .some((acted) => acted);
  }

  #anyDriver(): Driver | undefined {
    const drivers = [...this.#process.drivers.values()];
    return drivers.length === 0 ? undefined : this.#random.pick(drivers);
  }

  #pause(): void {
    const driver = this.#anyDriver();
    void this.#steer({ type: "run.paused", by: "test" }, driver);
    this.#clock.wake(this.#clock.now() + this.#random.int(2000), () => {
      if (driver !== undefined && this.#process.drivers.get(driver.tree.id) === driver && !this.#isDraining)
        void driver.receive({ type: "run.unpaused", by: "test" }).catch(() => undefined);
    });
  }

  /** SIGTERM: running attempts get a while, then the process lets go and another takes over. */
  #drain(): void {
    if (this.#isDraining) return;
    this.#count("drain");
    this.#isDraining = true;
    const process = this.#process;
    const waitMs = this.#random.int(400);
    void Promise.allSettled([...process.drivers.values()].map((driver) => driver.drain(waitMs))).then(() => {
      if (process !== this.#process) return;
      this.#forget();
      this.#process = this.#boot();
      this.#open();
    });
  }

  async #report(): Promise<SimulationReport> {
    const texts: string[] = [];
    for (const run of this.#scenario.runs) {
      const events = await this.#disk.events(run.id);
      texts.push(...events.map((event) => JSON.stringify(event)));
      const found = checkRun({
        run,
        events,
        record: await this.#disk.find(run.id),
        driver: this.#process.drivers.get(run.id),
        acked: this.#acked.filter((entry) => entry.run === run.id).map(({ type }) => type),
        witness: this.#witness,
      });
      this.#faults.push(...found.map((what) => `${run.id}: ${what}`));
    }
    for (const { pool, used } of this.#process.parts.admission.state())
      if (used !== 0) this.#faults.push(`${used} of ${pool} are not given back`);
    for (const executor of this.#process.executors)
      if (executor.running.size > 0) this.#faults.push(`${executor.running.size} attempts run after the end`);
    const executions = this.#witness.executions.map((execution) => JSON.stringify(execution));
    return {
      faults: [...this.#faults, ...this.#witness.faults],
      text: [...texts, ...executions].join("\n"),
      injected: this.#injected,
    };
  }
}

function isOfStore(error: unknown): boolean {
  return error instanceof NanobrainError && error.code.startsWith("E_STORE");
}

function isOver(record: RunRecord): boolean {
  return record.status === "completed" || record.status === "failed" || record.status === "cancelled";
}

function needsResume(run: ScenarioRun, record: RunRecord): boolean {
  return run.isResumed && record.status === "failed";
}

/** Lets everything happen that takes no simulated time. */
function quiet(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Loads what is loaded on demand, so that no simulation waits for it. */
export async function warmUp(): Promise<void> {
  const { compileCondition } = await import("../../expression/condition.js");
  if (!compileCondition("value < 5.0").ok) throw nanobrainError("E_INTERNAL", { what: "no conditions" });
}
