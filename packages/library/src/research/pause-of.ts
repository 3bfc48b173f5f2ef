import { NanobrainError } from "@nanobrain/engine";
import { classify } from "@nanobrain/engine/steps";

export type Pauses = {
  /** After a refusal that says no pause; doubled each time. */
  readonly refusedMs: number;
  /** After a broken connection; doubled each time. */
  readonly brokenMs: number;
  /** Codes of refusals. */
  readonly refusals: readonly string[];
};

/** How long to wait before the same request may be tried again. `attempt` counts from 1. Undefined: never. */
export function pauseOf(error: unknown, attempt: number, pauses: Pauses): number | undefined {
  if (!(error instanceof NanobrainError)) return undefined;
  const failure = classify(error);
  if (failure.kind !== "network" && failure.kind !== "timeout") return undefined;
  const doubled = 2 ** (attempt - 1);
  if (pauses.refusals.includes(error.code)) return failure.retryAfterMs ?? pauses.refusedMs * doubled;
  return pauses.brokenMs * doubled;
}
