import type { Failure } from "../../contracts/failure.js";
import { classify } from "../../errors/classify.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import { readOf } from "../../errors/thrown-text.js";

/** The failure that an aborted signal stands for: its reason, or a plain cancellation when it has none. */
export function abortFailure(signal: AbortSignal): Failure {
  const reason: unknown = signal.reason;
  const failure = classify(reason);
  const isBare = typeof reason === "object" && reason !== null && readOf(reason, "name") === "AbortError";
  return isBare && failure.kind === "step"
    ? classify(nanobrainError("E_CANCELLED", { reason: failure.message }))
    : failure;
}
