import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { type MemoryBlobs, openMemoryBlobs } from "../adapters/blobs/memory-blobs.js";
import { createLocalExecutor } from "../adapters/executors/local/local-executor.js";
import { guardedHttp } from "../adapters/http/guarded-http.js";
import type { StepDefinition } from "../contracts/component.js";
import type { AttemptFolders, AttemptOutcome, AttemptRequest, AttemptSink } from "../contracts/executor.js";
import type { FileValue, Json, JsonObject } from "../contracts/json.js";

export type Trial = {
  readonly inputs?: { readonly [port: string]: Json };
  readonly secrets?: { readonly [name: string]: string };
  readonly signal?: AbortSignal;
  /** Effects recorded so far; new ones are added to it. */
  readonly effects?: Map<string, Json>;
};

/** A project folder, a blob store and a local executor, for trying one step at a time. */
export type StepBench = {
  /** Parent of the project folder: what lies here is outside. */
  readonly outer: string;
  readonly project: string;
  /** Lines the steps logged, each as `level text`. */
  readonly log: string[];
  /** Runs one attempt. The config is validated first; one that is not valid throws. */
  attempt(definition: StepDefinition, config: JsonObject, trial?: Trial): Promise<AttemptOutcome>;
  /** The outputs of an attempt that must succeed. */
  outputs(definition: StepDefinition, config: JsonObject, trial?: Trial): Promise<{ readonly [port: string]: Json }>;
  /** The failure of an attempt that must fail. */
  failure(definition: StepDefinition, config: JsonObject, trial?: Trial): Promise<JsonObject>;
  /** Codes of what is wrong with a config that fits the schema. */
  problems(definition: StepDefinition, config: JsonObject): Promise<readonly string[]>;
  file(name: string, content: string | Uint8Array): Promise<FileValue>;
  text(file: Json | undefined): Promise<string>;
  close(): Promise<void>;
};

/** Opens a bench in a temporary folder. Whoever opens it closes it. */
export function openStepBench(roots: readonly string[] = []): StepBench {
  const outer = realpathSync(mkdtempSync(join(tmpdir(), "nanobrain-bench-")));
  const project = join(outer, "project");
  mkdirSync(project);
  const blobs = openMemoryBlobs();
  const log: string[] = [];
  const attempt = attempts({ blobs, log, folders: { project, roots, blobs: null, scratch: join(outer, "scratch") } });
  return {
    outer,
    project,
    log,
    attempt,
    async outputs(definition, config, trial) {
      const outcome = await attempt(definition, config, trial);
      return outcome.status === "succeeded"
        ? outcome.outputs
        : Promise.reject(outcome.status === "failed" ? outcome.failure : outcome);
    },
    async failure(definition, config, trial) {
      const outcome = await attempt(definition, config, trial);
      return outcome.status === "failed" ? (outcome.failure as unknown as JsonObject) : Promise.reject(outcome);
    },
    async problems(definition, config) {
      const found = (await definition.check?.(validated(definition, config))) ?? [];
      return found.map(({ code }) => code);
    },
    async file(name, content) {
      const bytes = typeof content === "string" ? Buffer.from(content) : content;
      return { $file: await blobs.put(bytes), name, size_bytes: bytes.byteLength, media_type: "text/plain" };
    },
    text: async (file) => Buffer.from(await blobs.get((file as FileValue).$file)).toString(),
    async close() {
      await blobs.close();
      rmSync(outer, { recursive: true, force: true });
    },
  };
}

type Surroundings = { readonly blobs: MemoryBlobs; readonly log: string[]; readonly folders: AttemptFolders };

function attempts({ blobs, log, folders }: Surroundings): StepBench["attempt"] {
  let count = 0;
  return async (definition, config, trial = {}) => {
    const {
      inputs = {},
      secrets = {},
      effects = new Map<string, Json>(),
      signal = new AbortController().signal,
    } = trial;
    const executor = createLocalExecutor({
      code: { find: () => Promise.resolve(definition), http: guardedHttp },
      blobs,
      graceMs: 30_000,
    });
    count += 1;
    const request: AttemptRequest = {
      id: `run:${count}`,
      component: { class: definition.class, version: definition.version, config: validated(definition, config) },
      inputs,
      inputPorts: Object.keys(inputs),
      outputPorts: [],
      attempt: count,
      idempotencyKey: "key-1",
      runId: "run",
      step: "step",
      folders,
      secrets,
      effects: Object.fromEntries(effects),
    };
    const sink: AttemptSink = {
      effect: (name, value) => Promise.resolve(void effects.set(name, value)),
      emit: (port, index, value) => Promise.resolve(void log.push(`emit ${port} ${index} ${JSON.stringify(value)}`)),
      log: (level, text) => void log.push(`${level} ${text}`),
      progress: () => undefined,
    };
    const outcome = await executor.execute(request, sink, signal);
    await executor.close();
    return outcome;
  };
}

function validated(definition: StepDefinition, config: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(definition.config(z).parse(config))) as JsonObject;
}
