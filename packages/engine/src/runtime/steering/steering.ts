import type { SteeringAction, SteeringAnswer, SteeringRequest } from "../../contracts/requests.js";
import type { Holder, RunRecord } from "../../contracts/store.js";
import { NanobrainError, nanobrainError } from "../../errors/nanobrain-error.js";
import type { Driver } from "../../host/driver.js";
import type { HostParts } from "../../host/parts.js";
import type { Plan } from "../../plan/plan.js";
import type { RunSettings } from "../../values/parts.js";
import { runId } from "../run-names.js";
import type { Steered } from "../runtime.js";
import { RequestDesk } from "./request-desk.js";
import { RunTurns } from "./run-turns.js";
import { steerDriven } from "./steer-driven.js";
import { refusedBy, steerUnheld } from "./steer-unheld.js";

/** How long who asks waits for the process that drives the run. */
const ANSWER_MS = 5000;
/** How often it is looked whether that process is still there. */
const LOOK_MS = 200;

export type SteeringParts = {
  readonly parts: HostParts;
  readonly drivers: ReadonlyMap<string, Driver>;
  find(runId: string): Promise<{ readonly record: RunRecord; readonly plan: Plan }>;
  settingsOf(record: RunRecord): Promise<RunSettings>;
  /** A run of this process that has no driver yet has one when this resolves. */
  settle(runId: string): Promise<void>;
};

export type Wish = { readonly action: SteeringAction; readonly by: string };

/**
 * Steers runs of one store, whoever drives them: this process, another one (which is asked, and answers), or nobody (then the
 * run is claimed, written to, and given back).
 */
export class Steering {
  readonly #it: SteeringParts;
  readonly #turns = new RunTurns();
  #desk: RequestDesk | undefined;

  constructor(it: SteeringParts) {
    this.#it = it;
  }

  /** From now on this process hears what others ask of its runs. */
  open(): void {
    this.#desk ??= new RequestDesk(this.#it.parts.store, (request) => this.#carryOut(request));
    this.#desk.look();
  }

  async close(): Promise<void> {
    await this.#desk?.close();
  }

  /** Before a run is taken over: what was asked of it meanwhile is journaled first. */
  async settleOpen(record: RunRecord): Promise<void> {
    const { store } = this.#it.parts;
    if ((await store.requests.list(record.id)).length === 0) return;
    await this.#turns.take(record.id, async () => {
      const claim = await store.claim(record.id);
      if (claim.status === "claimed") await this.#writeOpen(record.id, claim.epoch, undefined);
    });
  }

  /** Carries out a wish for a run that is not driven here. What it answers is on disk. Rejects with what is wrong with it, or E_RUN_SILENT. */
  async steer(record: RunRecord, wish: Wish): Promise<Steered> {
    const { parts } = this.#it;
    const request: SteeringRequest = {
      id: runId(parts.clock),
      runId: record.id,
      at: parts.clock.now(),
      by: wish.by,
      action: wish.action,
    };
    return this.#ask(record, request);
  }

  /** Writes the wish if nobody holds the run, else asks the holder, until one of both has worked. */
  async #ask(record: RunRecord, request: SteeringRequest): Promise<Steered> {
    const { store } = this.#it.parts;
    const bell = new Bell((ring) => store.requests.watch(ring));
    const until = performance.now() + ANSWER_MS;
    let posted = false;
    try {
      for (;;) {
        const held = await this.#writeAlone(record, request, posted);
        if ("status" in held) return unwrap(held, false);
        if (!posted) await store.requests.post(request);
        posted = true;
        const answer = await store.requests.answer(request.id);
        if (answer !== undefined) {
          await store.requests.forget(request.id);
          return unwrap(answer, true);
        }
        if (performance.now() > until) throw await silent(record, request, held.holder);
        await bell.heard(LOOK_MS);
      }
    } finally {
      bell.close();
    }
  }

  /** The answer, or who holds the run. */
  #writeAlone(
    record: RunRecord,
    request: SteeringRequest,
    posted: boolean,
  ): Promise<SteeringAnswer | { readonly holder: Holder }> {
    const { store } = this.#it.parts;
    return this.#turns.take(record.id, async () => {
      const claim = await store.claim(record.id);
      if (claim.status === "unknown") throw nanobrainError("E_RUN_UNKNOWN", { run: record.id, place: store.place });
      if (claim.status === "held") return { holder: claim.holder };
      try {
        const before = posted ? await store.requests.answer(request.id) : undefined;
        const answer = before ?? (await this.#writeOpen(record.id, claim.epoch, request));
        if (posted) await store.requests.forget(request.id);
        return answer as SteeringAnswer;
      } finally {
        if (!this.#it.drivers.has(record.id)) await store.release(record.id);
      }
    });
  }

  /** Journals all that is asked of a run that is claimed here and that nobody drives, and the wish of our own behind it. */
  async #writeOpen(id: string, epoch: number, own: SteeringRequest | undefined): Promise<SteeringAnswer | undefined> {
    const { parts } = this.#it;
    const open = await parts.store.requests.list(id);
    const all = own === undefined || open.some((one) => one.id === own.id) ? open : [...open, own];
    const { record, plan } = await this.#it.find(id);
    const settings = await this.#it.settingsOf(record);
    const asked = all.map(({ action, by, id: request }) => ({ action, by, request }));
    const answers = await steerUnheld({ parts, settings, record, plan, epoch, by: `process ${process.pid}` }, asked);
    for (const [at, one] of all.entries()) {
      await parts.store.requests.settle(one.id, answers[at] as SteeringAnswer);
    }
    return answers[all.findIndex((one) => one.id === own?.id)];
  }

  /** What another process asks of a run that this one holds. Undefined: it cannot be said now whether it is in the journal. */
  #carryOut({ id, runId: run, action, by }: SteeringRequest): Promise<SteeringAnswer | undefined> {
    const { parts, drivers } = this.#it;
    return this.#turns.take(run, async () => {
      try {
        await this.#it.settle(run);
        const driver = drivers.get(run);
        if (driver !== undefined && !driver.isBroken)
          return await steerDriven(parts, driver, { action, by, request: id });
        const claim = await parts.store.claim(run);
        if (claim.status === "claimed") await this.#writeOpen(run, claim.epoch, undefined);
        return undefined;
      } catch (error) {
        return isUncertain(error) ? undefined : refusedBy(error);
      }
    });
  }
}

/** The store failed: the journal may have it or not, and who reads it next will know. */
function isUncertain(error: unknown): boolean {
  return !(error instanceof NanobrainError) || error.code.startsWith("E_STORE") || error.code === "E_INTERNAL";
}

function unwrap(answer: SteeringAnswer, driven: boolean): Steered {
  if (answer.status !== "refused") return { ...answer, driven };
  const { code, details, hint } = answer;
  throw nanobrainError(code as NanobrainError["code"], details, hint === undefined ? {} : { hint });
}

async function silent(record: RunRecord, { action }: SteeringRequest, holder: Holder): Promise<NanobrainError> {
  const { isFrozen } = await import("./process-state.js");
  const state = isFrozen(holder) ? "it is stopped" : "it is busy, frozen, or on another machine";
  const wake = isFrozen(holder) ? `kill -CONT ${holder.pid} lets it go on; ` : "";
  return nanobrainError(
    "E_RUN_SILENT",
    {
      action: action.type === "unpause" ? "resume" : action.type,
      run: record.name,
      pid: holder.pid,
      host: holder.host,
      waitedMs: ANSWER_MS,
      state,
    },
    {
      hint: `The request is kept and takes effect when that process wakes, or when the run is taken over after its end. ${wake}nobody else can write to the run while it lives.`,
    },
  );
}

/** Waits for something to be heard, or for a while. */
class Bell {
  readonly #stop: () => void;
  #rung = false;
  #wake: () => void = () => undefined;

  constructor(watch: (ring: () => void) => () => void) {
    this.#stop = watch(() => {
      this.#rung = true;
      this.#wake();
    });
  }

  async heard(withinMs: number): Promise<void> {
    if (!this.#rung) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, withinMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#rung = false;
  }

  close(): void {
    this.#stop();
  }
}
