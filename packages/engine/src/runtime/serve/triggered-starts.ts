import { callAfter } from "../../contracts/clock.js";
import type { Json } from "../../contracts/json.js";
import { classify } from "../../errors/classify.js";
import { NanobrainError } from "../../errors/nanobrain-error.js";
import type { Plan, PlanTrigger } from "../../plan/plan.js";
import type { Loaded, RunHandle } from "../runtime.js";
import { followEnd } from "./follow-end.js";
import type { ServedTrigger, ServeNote, ServeOptions, ServeParts } from "./served.js";
import { startInputs } from "./start-inputs.js";

/** What a firing is: the same key never starts a second run. */
export type Firing = { readonly key: string; readonly due?: number; readonly payload?: Json };

/** Starts that fail for reasons that may pass are tried again so often, with doubling delays from a second. */
const MAX_TRIES = 5;
const RETRY_MS = 1000;

/**
 * The runs that one trigger starts. S1. The id of a run follows from workflow, trigger and key, so a firing that is seen again, as
 * after a crash, finds its run. S2. Firings start in the order they came, one run at a time. S3. A firing that cannot start is told
 * of, and the next one goes on.
 */
export class TriggeredStarts {
  readonly trigger: PlanTrigger;
  readonly #parts: ServeParts;
  readonly #loaded: Loaded;
  readonly #plan: Plan;
  readonly #options: ServeOptions;
  readonly #line: Firing[] = [];
  /** Runs that go: one, and after a crash all that were left. */
  readonly #going = new Set<RunHandle>();
  #starting = false;
  #closed = false;
  #lastFired: number | null = null;
  #fired = 0;
  #failed = false;
  nextDue: number | null = null;
  readonly counts = { completed: 0, failed: 0 };

  constructor(parts: ServeParts, loaded: Loaded, plan: Plan, trigger: PlanTrigger, options: ServeOptions) {
    this.#parts = parts;
    this.#loaded = loaded;
    this.#plan = plan;
    this.trigger = trigger;
    this.#options = options;
  }

  idOf({ key }: Firing): string {
    return this.#parts.hash(`${this.#plan.file} ${this.#plan.name} ${this.trigger.name} ${key}`).slice(0, 20);
  }

  get going(): number {
    return this.#going.size;
  }

  state(): ServedTrigger {
    const { name, kind } = this.trigger;
    const state = this.#failed ? "failed" : "listening";
    return { name, kind, nextDue: this.nextDue, lastFired: this.#lastFired, fired: this.#fired, state };
  }

  /** A firing that was never seen before starts a run, or stands in line for one. */
  async fire(firing: Firing): Promise<void> {
    const known = await this.#parts.store.find(this.idOf(firing));
    if (known?.id === this.idOf(firing) || this.#closed) return;
    this.#lastFired = this.#parts.clock.now();
    this.#fired++;
    this.#say("fired", describe(firing));
    const busy = this.#going.size > 0 || this.#starting || this.#line.length > 0;
    if (busy && this.trigger.overlap === "skip") {
      this.#say(
        "skipped",
        `${describe(firing)}: run ${[...this.#going].map((run) => run.name).join(", ")} is not over`,
      );
      return;
    }
    this.#line.push(firing);
    if (this.trigger.overlap === "cancel")
      for (const run of this.#going) await run.cancel(`trigger ${this.trigger.name} fired again`);
    await this.#next();
  }

  /** A run that an earlier process started and did not end. */
  async recover(id: string): Promise<void> {
    const handle = await this.#parts.resume(id);
    this.#say("resumed", "goes on", handle);
    this.#follow(handle);
  }

  close(): void {
    this.#closed = true;
  }

  async #next(): Promise<void> {
    if (this.#starting || this.#going.size > 0 || this.#closed) return;
    const firing = this.#line.shift();
    if (firing === undefined) return;
    this.#starting = true;
    try {
      await this.#start(firing, 0);
    } finally {
      this.#starting = false;
    }
    if (this.#going.size === 0) await this.#next();
  }

  async #start(firing: Firing, tries: number): Promise<void> {
    try {
      const inputs = startInputs(this.#plan, this.trigger, firing.payload, this.#options);
      const { key, due } = firing;
      const trigger = { name: this.trigger.name, key, ...(due === undefined ? {} : { due }) };
      const handle = await this.#parts.start(this.#loaded, inputs, { runId: this.idOf(firing), trigger });
      this.#failed = false;
      this.#say("started", describe(firing), handle);
      this.#follow(handle);
    } catch (error) {
      const passes = !(error instanceof NanobrainError) || classify(error).kind === "resource";
      if (!passes || tries >= MAX_TRIES || this.#closed) {
        this.#failed = true;
        this.#say("failed", `${describe(firing)}: ${error instanceof Error ? error.message : String(error)}`);
        return;
      }
      const { clock } = this.#parts;
      await new Promise<void>((resolve) => callAfter(clock, RETRY_MS * 2 ** tries, resolve));
      await this.#start(firing, tries + 1);
    }
  }

  #follow(handle: RunHandle): void {
    this.#going.add(handle);
    followEnd(handle, (result) => {
      this.counts[result.status === "completed" ? "completed" : "failed"]++;
      this.#going.delete(handle);
      const note = this.#noteOf("ended", result.status, handle);
      this.#options.notify?.({ ...note, result });
      void this.#next();
    });
  }

  #say(kind: ServeNote["kind"], text: string, handle?: RunHandle): void {
    this.#options.notify?.(this.#noteOf(kind, text, handle));
  }

  #noteOf(kind: ServeNote["kind"], text: string, handle?: RunHandle): ServeNote {
    const at = this.#parts.clock.now();
    const run = handle === undefined ? {} : { run: handle.name };
    return { at, workflow: this.#plan.name, trigger: this.trigger.name, kind, text, ...run };
  }
}

function describe({ key, due, payload }: Firing): string {
  if (due !== undefined) return `due ${new Date(due).toISOString()}`;
  return typeof payload === "string" ? payload : key;
}
