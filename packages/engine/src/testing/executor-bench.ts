import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { type MemoryBlobs, openMemoryBlobs } from "../adapters/blobs/memory-blobs.js";
import type { Blobs } from "../contracts/blobs.js";
import type { AttemptOutcome, AttemptRequest, AttemptSink, Executor } from "../contracts/executor.js";
import type { Failure } from "../contracts/failure.js";
import type { Json, JsonObject } from "../contracts/json.js";
import type { StepCode, StepCodeSpec } from "../contracts/step-code.js";
import { conformanceCode, conformanceCodeSpec } from "./conformance-steps.js";

/** What the suite gives an executor to run. */
export type ExecutorParts = { readonly blobs: Blobs; readonly code: StepCode; readonly codeSpec: StepCodeSpec };

/** The reason with which the suite aborts. */
export const timeout: Failure = {
  kind: "timeout",
  code: "E_TIMEOUT",
  message: "Attempt ran longer than its timeout of 5 ms",
  details: { timeoutMs: 5 },
};

type Heard = {
  readonly effects: [string, Json][];
  readonly emits: [string, number, Json][];
  readonly logs: string[];
  readonly progress: [number | null, string][];
};

/** One executor with a project folder, and a sink that remembers. */
export class ExecutorBench {
  readonly heard: Heard = { effects: [], emits: [], logs: [], progress: [] };
  folder = "";
  executor!: Executor;
  blobs!: MemoryBlobs;
  readonly #create: (parts: ExecutorParts) => Executor;
  #attempts = 0;

  constructor(create: (parts: ExecutorParts) => Executor) {
    this.#create = create;
  }

  async open(): Promise<void> {
    this.folder = await mkdtemp(join(tmpdir(), "nanobrain-executor-"));
    this.blobs = openMemoryBlobs();
    this.executor = this.#create({ blobs: this.blobs, code: conformanceCode(), codeSpec: conformanceCodeSpec() });
    for (const list of Object.values(this.heard)) list.length = 0;
  }

  async close(): Promise<void> {
    await this.executor.close();
    await this.blobs.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  request(step: string, config: JsonObject = {}, rest: Partial<AttemptRequest> = {}): AttemptRequest {
    this.#attempts += 1;
    const folders = { project: this.folder, roots: [], blobs: null, scratch: join(this.folder, "scratch") };
    return {
      id: `run-1:${this.#attempts}`,
      component: { class: step, version: "1", config },
      inputs: {},
      inputPorts: Object.keys(rest.inputs ?? {}),
      outputPorts: [],
      attempt: 1,
      idempotencyKey: "key",
      runId: "run-1",
      step: "outer/inner",
      folders,
      secrets: {},
      effects: {},
      ...rest,
    };
  }

  run(
    step: string,
    config?: JsonObject,
    rest?: Partial<AttemptRequest>,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<AttemptOutcome> {
    return this.executor.execute(this.request(step, config, rest), this.sink(), signal);
  }

  sink(): AttemptSink {
    return {
      effect: (name, value) => {
        this.heard.effects.push([name, value]);
        return Promise.resolve();
      },
      emit: (port, index, value) => {
        this.heard.emits.push([port, index, value]);
        return Promise.resolve();
      },
      log: (level, text) => void this.heard.logs.push(`${level} ${text}`),
      progress: (fraction, note) => void this.heard.progress.push([fraction, note]),
    };
  }

  async witnessed(): Promise<readonly string[]> {
    const text = await readFile(join(this.folder, "witness"), "utf8").catch(() => "");
    return text.split("\n").filter((line) => line !== "");
  }

  /** Resolves when the step has written that line. */
  async hasWitnessed(line: string): Promise<void> {
    await expect.poll(() => this.witnessed(), { timeout: 60_000, interval: 5 }).toContain(line);
  }

  /** Starts a step, waits until it says so, aborts it. */
  async aborted(step: string, reason: unknown = timeout): Promise<AttemptOutcome> {
    const aborter = new AbortController();
    const ending = this.run(step, {}, {}, aborter.signal);
    await this.hasWitnessed("started");
    aborter.abort(reason);
    return ending;
  }
}
