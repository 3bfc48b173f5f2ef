import type { Failure } from "../../contracts/failure.js";
import { classify } from "../../errors/classify.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import { readOf } from "../../errors/thrown-text.js";

/** The failure that the reason of an abort stands for, or a plain cancellation when it is none. */
export function abortFailure(reason: unknown): Failure {
  const failure = classify(reason);
  const isBare = typeof reason === "object" && reason !== null && readOf(reason, "name") === "AbortError";
  return isBare && failure.kind === "step"
    ? classify(nanobrainError("E_CANCELLED", { reason: failure.message }))
    : failure;
}
