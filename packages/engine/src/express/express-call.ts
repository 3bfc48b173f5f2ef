import type { StepContext } from "../contracts/component.js";
import type { DirectArguments } from "../contracts/direct-step.js";
import type { AttemptFolders, Suspension } from "../contracts/executor.js";
import type { JsonObject } from "../contracts/json.js";
import { nanobrainError } from "../errors/nanobrain-error.js";
import type { ExpressStep } from "./express-plan.js";

/** What all attempts of a run share, and where one goes that asks for more than its inputs. */
export type CallHost = {
  readonly runId: string;
  readonly folders: AttemptFolders;
  /** The general engine is to go on with the run: only it can do what the step asks. */
  needEngine(): void;
  startedAt(node: number): number;
};

type Ask = { carryOut(context: StepContext): void; refuse(reason: unknown): void };

/** Of a call that has asked for nothing. Never added to. */
const none: Ask[] = [];

function ended(): Error {
  return nanobrainError("E_CANCELLED", { reason: "the attempt has ended" });
}

function copyOf(config: JsonObject, isFlat: boolean): JsonObject {
  return isFlat ? { ...config } : structuredClone(config);
}

/** The arguments of code that provably reads its inputs and config only. */
export function modestly(
  { readsConfig, isFlat }: ExpressStep,
  config: JsonObject,
  inputs: { readonly [port: string]: unknown },
): DirectArguments {
  return { inputs, config: readsConfig ? copyOf(config, isFlat) : config } as DirectArguments;
}

/**
 * The arguments of one attempt. What is not read costs nothing; what takes the engine is asked of it as soon as it has taken the run
 * over, in the order of the calls. Handed to the code itself where the code provably reads plain names only; else `all` is.
 */
export class ExpressCall implements DirectArguments {
  readonly inputs: { readonly [port: string]: unknown };
  readonly #step: ExpressStep;
  readonly #host: CallHost;
  #config: JsonObject | undefined;
  #open = true;
  #controller: AbortController | undefined;
  #context: StepContext | undefined;
  #asks: Ask[] = none;
  #suspended: { readonly signal: unknown; readonly until: Suspension } | undefined;

  constructor(step: ExpressStep, host: CallHost, inputs: { readonly [port: string]: unknown }) {
    this.inputs = inputs;
    this.#step = step;
    this.#host = host;
  }

  /** The attempt has ended here: nothing of it reaches the engine any more. */
  close(): void {
    this.#open = false;
  }

  /** The engine goes on with the attempt in this context. */
  bind(context: StepContext): void {
    this.#context = context;
    for (const ask of this.#asks.splice(0)) ask.carryOut(context);
  }

  /** The engine may end the attempt from now on, also before it goes on with it. */
  follow(signal: AbortSignal): void {
    const abort = (): void => {
      this.#controller?.abort(signal.reason);
      for (const ask of this.#asks.splice(0)) ask.refuse(signal.reason);
    };
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  }

  /** Throws the engine's own signal where the code ended because it waits. */
  endAsWaiting(error: unknown, context: StepContext): void {
    if (this.#suspended !== undefined && this.#suspended.signal === error) context.suspend(this.#suspended.until);
  }

  #ask(ask: Ask): void {
    if (this.#context !== undefined) return ask.carryOut(this.#context);
    if (this.#asks.length === 0) this.#asks = [];
    this.#asks.push(ask);
    this.#host.needEngine();
  }

  #tell(carryOut: Ask["carryOut"]): void {
    if (this.#open) this.#ask({ carryOut, refuse: () => undefined });
  }

  #request<T>(ask: (context: StepContext) => Promise<T>): Promise<T> {
    if (!this.#open) return Promise.reject(ended());
    return new Promise((resolve, reject) => {
      this.#ask({ carryOut: (context) => void ask(context).then(resolve, reject), refuse: reject });
    });
  }

  get config(): JsonObject {
    this.#config ??= copyOf(this.#step.config, this.#step.isFlat);
    return this.#config;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined && this.#context !== undefined) return this.#context.signal;
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  get attempt(): number {
    return 1;
  }

  get startedAt(): number {
    return this.#host.startedAt(this.#step.node);
  }

  get idempotencyKey(): string {
    return `${this.#host.runId}:${this.#step.name}:1`;
  }

  get runId(): string {
    return this.#host.runId;
  }

  get step(): string {
    return this.#step.name;
  }

  get folders(): AttemptFolders {
    return this.#host.folders;
  }

  get inputPorts(): readonly string[] {
    return [...this.#step.inputPorts];
  }

  get outputPorts(): readonly string[] {
    return [...this.#step.outputPorts];
  }

  get secrets(): { readonly [name: string]: string } {
    return {};
  }

  get call(): StepContext["call"] {
    return (name, wish, fn) => this.#request((context) => context.call(name, wish, fn));
  }

  get effect(): StepContext["effect"] {
    return (name, fn) => this.#request((context) => context.effect(name, fn));
  }

  /** Nobody has to look at a refused one, because the attempt fails with it. */
  get emit(): StepContext["emit"] {
    return (port, value) => {
      const sent = this.#request((context) => context.emit(port, value));
      sent.catch(() => undefined);
      return sent;
    };
  }

  get http(): StepContext["http"] {
    return {
      fetch: (request) => this.#request((context) => context.http.fetch(request)),
      open: (request) => this.#request((context) => context.http.open(request)),
    };
  }

  get emitted(): StepContext["emitted"] {
    return () => 0;
  }

  get ask(): StepContext["ask"] {
    return (name, ask) => this.#request((context) => context.ask(name, ask));
  }

  get callWorkflow(): StepContext["callWorkflow"] {
    return (name, document, inputs) => this.#request((context) => context.callWorkflow(name, document, inputs));
  }

  get definitionOf(): StepContext["definitionOf"] {
    return (component) => this.#request((context) => context.definitionOf(component));
  }

  get warn(): StepContext["warn"] {
    return (text) => this.#tell((context) => context.warn(text));
  }

  get suspend(): StepContext["suspend"] {
    return (until) => {
      if (this.#context !== undefined) return this.#context.suspend(until);
      const signal = nanobrainError("E_INTERNAL", { what: "the signal of a step that waits reached nobody" });
      this.#suspended = { signal, until };
      this.#host.needEngine();
      throw signal;
    };
  }

  get log(): StepContext["log"] {
    return (level, text) => this.#tell((context) => context.log(level, text));
  }

  get progress(): StepContext["progress"] {
    return (fraction, note) => this.#tell((context) => context.progress(fraction, note));
  }

  get measured(): StepContext["measured"] {
    return (usage) => this.#tell((context) => context.measured(usage));
  }

  get keep(): StepContext["keep"] {
    return (name, content, mediaType) => this.#request((context) => context.keep(name, content, mediaType));
  }

  get read(): StepContext["read"] {
    return (file) => this.#request((context) => context.read(file));
  }

  get locate(): StepContext["locate"] {
    return (file) => this.#request((context) => context.locate(file));
  }

  get freshFolder(): StepContext["freshFolder"] {
    return () => this.#request((context) => context.freshFolder());
  }

  /** All of it as members of a plain object, for code that may look at which there are. */
  all(): DirectArguments {
    const call = this;
    const { inputs, config, attempt, startedAt, idempotencyKey, runId, step, folders, inputPorts, outputPorts } = this;
    const { secrets, effect, emit, suspend, log, progress, measured, keep, read, locate, freshFolder } = this;
    const { http, emitted, ask, callWorkflow, definitionOf, warn } = this;
    return {
      ...{ attempt, startedAt, idempotencyKey, runId, step, folders, inputPorts, outputPorts, secrets },
      ...{ http, emitted, ask, callWorkflow, definitionOf, warn },
      call: this.call,
      ...{ effect, suspend, log, progress, measured, keep, read, locate, freshFolder, inputs, config, emit },
      get signal() {
        return call.signal;
      },
    };
  }
}
