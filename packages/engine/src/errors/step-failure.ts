import type { Failure } from "../contracts/failure.js";
import type { JsonObject } from "../contracts/json.js";
import { catalogue, type ErrorCode } from "./catalogue.js";
import { type ErrorOptions, NanobrainError, nanobrainError } from "./nanobrain-error.js";

/**
 * The error with which a step fails on purpose: `throw stepFailure("The service is closed", { kind: "network" })`.
 * `kind` chooses the recovery (default `step`), `retryable: false` rules retries out, `retryAfterMs` asks for a pause.
 */
export function stepFailure(
  what: string,
  options: ErrorOptions & { readonly details?: JsonObject } = {},
): NanobrainError {
  const { details, ...traits } = options;
  return nanobrainError("E_STEP", { ...details, what }, traits);
}

export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === "string" && Object.hasOwn(catalogue, code);
}

/** The failure as an error again, so that it can be thrown on the other side of a thread or process. */
export function failureError(failure: Failure): NanobrainError {
  const code = isErrorCode(failure.code) ? failure.code : "E_STEP";
  const error = new NanobrainError(code, failure.message, failure.details ?? {}, {
    kind: failure.kind,
    ...(failure.hint === undefined ? {} : { hint: failure.hint }),
    ...(failure.retryable === undefined ? {} : { retryable: failure.retryable }),
    ...(failure.retryAfterMs === undefined ? {} : { retryAfterMs: failure.retryAfterMs }),
    ...(failure.cause === undefined ? {} : { cause: failureError(failure.cause) }),
  });
  if (failure.stack !== undefined) error.stack = failure.stack;
  return error;
}
