import { guardedHttp } from "@nanobrain/engine/testing";
import type { ModelSurroundings } from "../models/model.js";

export type ModelBench = ModelSurroundings & {
  readonly signal: AbortSignal;
  /** The answer's text as it was heard so far; `|` where it began anew. */
  readonly heard: () => string;
  readonly logs: readonly string[];
};

/** What a test calls a model with: the real network, guarded as steps have it. */
export function modelBench(
  settings: Partial<
    Pick<ModelSurroundings, "secrets" | "signal" | "now" | "readText" | "idempotencyKey" | "http">
  > = {},
): ModelBench {
  const signal = settings.signal ?? new AbortController().signal;
  const secrets = settings.secrets ?? {};
  const logs: string[] = [];
  let heard = "";
  return {
    http: guardedHttp({ signal, secrets: Object.values(secrets) }),
    idempotencyKey: "run-1:step:1",
    ...settings,
    signal,
    secrets,
    logs,
    heard: () => heard,
    log: (level, text) => {
      logs.push(`${level} ${text}`);
    },
    onText: (text) => {
      heard += text;
    },
    onRestart: () => {
      heard += "|";
    },
  };
}
