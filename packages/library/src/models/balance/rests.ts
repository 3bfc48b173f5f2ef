import { type NanobrainError, nanobrainError } from "@nanobrain/engine";
import type { EndpointState } from "./endpoint-state.js";

const mostRestMs = 60_000;
const firstRestMs = 1000;
const mostWaitMs = 3_600_000;

/** Failures that another endpoint may not have. */
export function isPassing({ code }: NanobrainError): boolean {
  return code === "E_MODEL_RATE" || code === "E_MODEL_DOWN" || code === "E_MODEL_TIMEOUT" || code === "E_MODEL_CUT";
}

/** Whether the service itself asked for the wait: then nobody calls it before. */
export function isTold({ code, traits }: NanobrainError): boolean {
  return code === "E_MODEL_RATE" || traits.retryAfterMs !== undefined;
}

/** Lets an endpoint rest after a failure: as long as it asked for, else longer from time to time. Gives the failure with its wait. */
export function rest(state: EndpointState, failure: NanobrainError, nowMs: number): NanobrainError {
  const waitMs =
    failure.traits.retryAfterMs ?? Math.min(firstRestMs * 2 ** Math.max(0, state.failuresInRow - 1), mostRestMs);
  state.restUntilMs = Math.max(state.restUntilMs, nowMs + waitMs);
  state.restReason = failure;
  state.isProbing = true;
  return isTold(failure) ? withWait(failure, state.restUntilMs - nowMs) : failure;
}

/** A wait longer than any that is taken from a service comes of a clock that was set back: it is over. */
export function isResting(state: EndpointState, nowMs: number): boolean {
  const leftMs = state.restUntilMs - nowMs;
  return state.restReason !== undefined && leftMs > 0 && leftMs <= mostWaitMs;
}

/** The failure of a call that is not made, as the service asked for a wait that is not over. */
export function restFault(name: string, state: EndpointState, nowMs: number): NanobrainError {
  const waitMs = Math.max(state.restUntilMs - nowMs, 0);
  const code = state.restReason?.code === "E_MODEL_DOWN" ? "E_MODEL_DOWN" : "E_MODEL_RATE";
  const what = `it asked for a wait that lasts ${Math.ceil(waitMs / 1000)} s more`;
  return nanobrainError(code, { model: name, what }, { retryAfterMs: waitMs });
}

function withWait(failure: NanobrainError, retryAfterMs: number): NanobrainError {
  const { code, details, traits, cause, hint } = failure;
  return nanobrainError(code, details, { ...traits, cause, retryAfterMs, ...(hint === undefined ? {} : { hint }) });
}
