import { createHash } from "node:crypto";
import { z } from "zod";
import type { StepContext, StepDefinition } from "../contracts/component.js";
import type { FileValue, Json, JsonObject } from "../contracts/json.js";

export type StepTrial = {
  readonly config?: JsonObject;
  readonly inputs?: { readonly [port: string]: Json };
  /** Ports that links name. */
  readonly outputPorts?: readonly string[];
  /** The project's folder, for steps that read files. */
  readonly project?: string;
};

export type StepTrialResult = {
  readonly outputs: { readonly [port: string]: Json | undefined };
  /** What was kept, as text, by name. */
  readonly kept: { readonly [name: string]: string };
};

/** Runs a step's code as an attempt does, its config checked, without a host. Files it keeps stay in memory. */
export async function tryStep(definition: StepDefinition, trial: StepTrial): Promise<StepTrialResult> {
  const config = definition.config(z).parse(trial.config ?? {}) as JsonObject;
  const kept: { [name: string]: string } = {};
  const context = {
    signal: new AbortController().signal,
    attempt: 1,
    idempotencyKey: "trial",
    runId: "trial",
    step: "trial",
    folders: { project: trial.project ?? "/nowhere", roots: [], blobs: null, scratch: trial.project ?? "/nowhere" },
    outputPorts: trial.outputPorts ?? [],
    secrets: {},
    effect: async (_name, fn) => fn(),
    log: () => undefined,
    progress: () => undefined,
    keep: async (name, content, mediaType = "application/octet-stream") =>
      fileValue(kept, name, String(content), mediaType),
  } satisfies Partial<StepContext> as unknown as StepContext;
  const outputs = await definition.run({ inputs: trial.inputs ?? {}, config, context });
  return { outputs, kept };
}

function fileValue(kept: { [name: string]: string }, name: string, text: string, mediaType: string): FileValue {
  kept[name] = text;
  const hash = createHash("sha256").update(text).digest("hex");
  return { $file: hash, name, size_bytes: Buffer.byteLength(text), media_type: mediaType };
}
