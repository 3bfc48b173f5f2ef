import { createLocalExecutor } from "../../adapters/executors/local/local-executor.js";
import { openPorts } from "../../components/steps/open-ports.js";
import type { Blobs } from "../../contracts/blobs.js";
import type { Registry, StepCall, StepDefinition } from "../../contracts/component.js";
import type {
  AttemptOutcome,
  AttemptRequest,
  AttemptSink,
  ComponentCall,
  Executor,
  WorkflowAnswer,
} from "../../contracts/executor.js";
import type { OpenHttp } from "../../contracts/http.js";
import type { Json, JsonObject } from "../../contracts/json.js";
import { nearest } from "../../document/nearest.js";
import { durationMs } from "../../document/quantities.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import type { SimulatedClock } from "../simulated-clock.js";
import { type Fake, type FakeAnswer, isPending, type Pending } from "./fakes.js";

/** One attempt of a step, faked or not. Config as the document says it: secrets are not filled in. */
export type RecordedCall = {
  readonly class: string;
  /** Its place, such as `outer[3]/read`. */
  readonly step: string;
  /** From 1 on. */
  readonly attempt: number;
  readonly inputs: { readonly [port: string]: Json };
  readonly config: JsonObject;
  readonly faked: boolean;
  /** Epoch milliseconds of the simulated clock. */
  readonly startedAt: number;
  /** Absent while it runs. */
  outcome?: AttemptOutcome;
};

type Parts = { readonly blobs: Blobs; readonly registry: Registry };
type Outputs = { readonly [port: string]: Json | undefined };

/** Transforms of links run on executors, too; they are no steps. */
const isLink = (request: AttemptRequest): boolean => request.step.includes(" > ");

/** Stands between the engine and its executors: fakes what it is told to, and keeps a list of all attempts. */
export class FakeWorld {
  readonly calls: RecordedCall[] = [];
  readonly #fakes: ReadonlyMap<string, Fake>;
  readonly #http: OpenHttp;
  readonly #clock: SimulatedClock;
  #running = 0;
  /** Attempts that wait for the clock or for nothing. */
  #parked = 0;
  /** Attempts that wait for a workflow they called. */
  #calling = 0;

  constructor(fakes: { readonly [name: string]: Fake }, http: OpenHttp, clock: SimulatedClock) {
    this.#fakes = new Map(Object.entries(fakes));
    this.#http = http;
    this.#clock = clock;
  }

  get parked(): number {
    return this.#parked;
  }

  /** Whether an attempt, of a hook or a transform too, works on something. */
  get isBusy(): boolean {
    return this.#running > this.#parked + this.#calling;
  }

  /** Fails with E_USAGE for a name that is nearly one of a class. Others may come with a workflow that is loaded later. */
  check(registry: Registry): void {
    const short = registry.list("step").map(({ class: known }) => shortOf(known));
    for (const name of this.#fakes.keys()) {
      if (/[.#]/.test(name) || registry.find(name) !== undefined) continue;
      const near = nearest(name, short);
      if (near === undefined) continue;
      const problem = `Cannot fake ${name}: no class of steps has that name`;
      throw nanobrainError("E_USAGE", { problem }, { hint: `Did you mean ${near}?` });
    }
  }

  wrap(executor: Executor, { blobs, registry }: Parts): Executor {
    const code = { find: (component: ComponentCall) => this.#standIn(component, registry), http: this.#http };
    const own = createLocalExecutor({ code, blobs, watched: false });
    return {
      name: executor.name,
      lanes: executor.lanes,
      execute: async (request, sink, signal) => {
        const faked = !isLink(request) && this.#fakeOf(request.component, registry) !== undefined;
        const call = isLink(request) ? undefined : this.#record(request, faked);
        this.#running++;
        const seen = this.#watchingCalls(sink);
        const outcome = await (faked ? own : executor).execute(request, seen, signal).finally(() => this.#running--);
        if (call !== undefined) call.outcome = outcome;
        return outcome;
      },
      close: async () => {
        await own.close();
        await executor.close();
      },
    };
  }

  /** The runtime knows how long such a call has work of its own to do. */
  #watchingCalls(sink: AttemptSink): AttemptSink {
    return {
      ...sink,
      callWorkflow: async (call) => {
        this.#calling++;
        try {
          return await (sink.callWorkflow?.(call) as Promise<WorkflowAnswer>);
        } finally {
          this.#calling--;
        }
      },
    };
  }

  #record(request: AttemptRequest, faked: boolean): RecordedCall {
    const { class: name, module, config } = request.component;
    const { step, attempt, inputs } = request;
    const shown = module === undefined ? name : `${module.path}#${module.export}`;
    const call = { class: shown, step, attempt, inputs, config, faked, startedAt: this.#clock.now() };
    this.calls.push(call);
    return call;
  }

  #fakeOf({ class: name, module }: ComponentCall, registry: Registry): Fake | undefined {
    if (module !== undefined) {
      const path = `${module.path}#${module.export}`;
      return this.#fakes.get(path) ?? this.#fakes.get(`./${path}`);
    }
    const short = shortOf(name);
    return this.#fakes.get(name) ?? (registry.find(short)?.class === name ? this.#fakes.get(short) : undefined);
  }

  async #standIn(component: ComponentCall, registry: Registry): Promise<StepDefinition> {
    const fake = this.#fakeOf(component, registry);
    const known = component.module === undefined ? await registry.find(component.class)?.load() : undefined;
    return {
      kind: "step",
      class: component.class,
      version: "0",
      summary: "A fake",
      config: (zod) => zod.any(),
      ports: known?.kind === "step" ? (config) => known.ports(config) : () => openPorts,
      effects: true,
      executor: "local",
      run: (call) => this.#answer(answerOf(fake, call.context.attempt), call),
    };
  }

  async #answer(answer: FakeAnswer | undefined, call: StepCall): Promise<Outputs> {
    if (typeof answer === "function") return answer({ ...call.context, inputs: call.inputs, config: call.config });
    if (!isPending(answer)) return answer ?? {};
    await this.#wait(answer, call.context.signal);
    return this.#answer(answer.then, call);
  }

  async #wait({ pending }: Pending<Outputs>, signal: AbortSignal): Promise<void> {
    const ms = typeof pending === "string" ? durationMs(pending) : pending;
    if (ms === undefined)
      throw nanobrainError("E_USAGE", { problem: `${pending} is no duration: text like 90s, 5m, 2h is expected` });
    this.#parked++;
    let stop: (() => void) | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
        if (ms !== null) stop = this.#clock.wake(this.#clock.now() + ms, resolve);
      });
    } finally {
      stop?.();
      this.#parked--;
    }
  }
}

function answerOf(fake: Fake | undefined, attempt: number): FakeAnswer | undefined {
  if (!Array.isArray(fake)) return fake as FakeAnswer | undefined;
  return fake[Math.min(attempt, fake.length) - 1] as FakeAnswer | undefined;
}

export function shortOf(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
}
