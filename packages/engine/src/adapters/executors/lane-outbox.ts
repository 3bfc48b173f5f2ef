import type { AttemptRequest, ComponentCall } from "../../contracts/executor.js";
import type { Carrier } from "./lane-carrier.js";
import type { LaneCommon, LaneExtras, LaneJob } from "./lane-messages.js";

/** As many of them a lane remembers. */
const mostCommon = 512;

type Numbered = { readonly common: LaneCommon; readonly number: number };

/** Posts what came in one turn of the event loop by one message, at once where the lane has nothing to do; what attempts have in common is sent once and named by its number after that. */
export class LaneOutbox {
  readonly #carrier: Carrier;
  readonly #refused: (jobs: readonly number[], error: unknown) => void;
  #known = new Map<ComponentCall, Numbered[]>();
  #count = 0;
  #fresh = true;
  #commons: LaneCommon[] = [];
  #jobs: LaneJob[] = [];

  constructor(carrier: Carrier, refused: (jobs: readonly number[], error: unknown) => void) {
    this.#carrier = carrier;
    this.#refused = refused;
  }

  add(job: number, request: AttemptRequest, isIdle: boolean): void {
    if (this.#jobs.length === 0) {
      if (isIdle) queueMicrotask(() => this.flush());
      else setImmediate(() => this.flush());
      if (this.#count >= mostCommon) this.#forget();
    }
    const { id, idempotencyKey, step, attempt, startedAt, inputs } = request;
    const common = this.#numberOf(request);
    this.#jobs.push([job, common, id, idempotencyKey, step, attempt, startedAt, inputs, extrasOf(request)]);
  }

  #numberOf(request: AttemptRequest): number {
    const { component, folders, inputPorts, outputPorts, runId, memoryBytes } = request;
    let known = this.#known.get(component);
    if (known === undefined) {
      known = [];
      this.#known.set(component, known);
    }
    for (const { common, number } of known) if (isCommon(common, request)) return number;
    const number = this.#count++;
    const common: LaneCommon = { component, folders, inputPorts, outputPorts, runId, ...sized(memoryBytes) };
    known.push({ common, number });
    this.#commons.push(common);
    return number;
  }

  #forget(): void {
    this.#known = new Map();
    this.#count = 0;
    this.#commons = [];
    this.#fresh = true;
  }

  flush(): void {
    if (this.#jobs.length === 0) return;
    const jobs = this.#jobs;
    const commons = this.#commons;
    const fresh = this.#fresh;
    this.#jobs = [];
    this.#commons = [];
    this.#fresh = false;
    try {
      this.#carrier.post({ type: "run", fresh, commons, jobs });
    } catch (error) {
      this.#forget();
      this.#refused(
        jobs.map(([job]) => job),
        error,
      );
    }
  }
}

function isCommon(common: LaneCommon, request: AttemptRequest): boolean {
  return (
    common.inputPorts === request.inputPorts &&
    common.outputPorts === request.outputPorts &&
    common.folders === request.folders &&
    common.runId === request.runId &&
    common.memoryBytes === request.memoryBytes
  );
}

function sized(memoryBytes: number | undefined): Pick<LaneCommon, "memoryBytes"> {
  return memoryBytes === undefined ? {} : { memoryBytes };
}

function extrasOf({ secrets, effects, emitted }: AttemptRequest): LaneExtras | undefined {
  if (emitted === undefined && isEmpty(secrets) && isEmpty(effects)) return undefined;
  return emitted === undefined ? { secrets, effects } : { secrets, effects, emitted };
}

function isEmpty(members: object): boolean {
  for (const name in members) if (Object.hasOwn(members, name)) return false;
  return true;
}
