import type { Failure, FailureKind } from "../contracts/failure.js";
import type { JsonObject } from "../contracts/json.js";
import { describe, type ErrorCode } from "./catalogue.js";
import { kindOfHttpStatus, kindOfNodeCode } from "./node-codes.js";
import { isErrorCode } from "./step-failure.js";
import { boundedText, describeThrown, readOf, trimmedStack } from "./thrown-text.js";

const kinds: readonly unknown[] = [
  "configuration",
  "data_validation",
  "resource",
  "timeout",
  "network",
  "step",
  "cancelled",
] satisfies FailureKind[];
const maxCauses = 8;
const maxDetailsLength = 16_000;

/**
 * The failure that anything thrown stands for. Reads only what is there, by shape and not by class, so that errors of
 * another thread or installation count too; never throws, whatever was thrown. At most eight causes are kept.
 */
export function classify(error: unknown): Failure {
  try {
    return failureOf(error, 0);
  } catch {
    return { kind: "step", code: "E_STEP", message: "An object that cannot be read was thrown" };
  }
}

function failureOf(error: unknown, depth: number): Failure {
  if ((typeof error !== "object" && typeof error !== "function") || error === null) {
    return { kind: "step", code: "E_STEP", message: describeThrown(error) };
  }
  if (isFailure(error)) return copied(error, depth);
  if (isNanobrainError(error)) return fromNanobrainError(error, depth);
  return abortReason(error, depth) ?? fromStranger(error, depth);
}

/** A failure as plain data, such as the reason of an abort. */
function isFailure(value: object): value is Failure {
  return (
    isKind(readOf(value, "kind")) && isErrorCode(readOf(value, "code")) && typeof readOf(value, "message") === "string"
  );
}

function isNanobrainError(value: object): boolean {
  return readOf(value, "name") === "NanobrainError" && isErrorCode(readOf(value, "code"));
}

function isKind(value: unknown): value is FailureKind {
  return kinds.includes(value);
}

function copied(failure: Failure, depth: number): Failure {
  return {
    kind: failure.kind,
    code: failure.code,
    message: boundedText(failure.message),
    ...commonParts(failure, failure, depth),
    ...(typeof failure.stack === "string" ? { stack: boundedText(failure.stack) } : {}),
  };
}

function fromNanobrainError(error: object, depth: number): Failure {
  const code = readOf(error, "code") as ErrorCode;
  const traits = readOf(error, "traits");
  const said = typeof traits === "object" && traits !== null ? traits : {};
  const kind = readOf(said, "kind");
  // Only what a step threw has a place worth knowing; the other codes say what to do.
  const stack = code === "E_STEP" || code === "E_INTERNAL" ? trimmedStack(readOf(error, "stack")) : undefined;
  return {
    kind: isKind(kind) ? kind : (describe(code).kind ?? "step"),
    code,
    message: boundedText(String(readOf(error, "message"))),
    ...commonParts(error, said, depth),
    ...(stack === undefined ? {} : { stack }),
  };
}

/** Hint, details and cause of `error`, and what `traits` says about retries. */
function commonParts(error: object, traits: object, depth: number): Partial<Failure> {
  const hint = readOf(error, "hint");
  const details = plainDetails(readOf(error, "details"));
  const cause = causeOf(error, depth);
  return {
    ...(typeof hint === "string" ? { hint: boundedText(hint) } : {}),
    ...(details === undefined ? {} : { details }),
    ...retryTraits(traits),
    ...(cause === undefined ? {} : { cause }),
  };
}

function retryTraits(said: object): { readonly retryable?: boolean; readonly retryAfterMs?: number } {
  const retryable = readOf(said, "retryable");
  const retryAfterMs = readOf(said, "retryAfterMs");
  const isDelay = typeof retryAfterMs === "number" && Number.isFinite(retryAfterMs) && retryAfterMs >= 0;
  return { ...(typeof retryable === "boolean" ? { retryable } : {}), ...(isDelay ? { retryAfterMs } : {}) };
}

/** Waiting functions of Node reject with an AbortError whose cause is the reason of the signal. */
function abortReason(error: object, depth: number): Failure | undefined {
  if (readOf(error, "name") !== "AbortError") return undefined;
  for (const key of ["cause", "reason"]) {
    const reason = readOf(error, key);
    if (typeof reason !== "object" || reason === null) continue;
    if (isFailure(reason) || isNanobrainError(reason)) return failureOf(reason, depth);
  }
  return undefined;
}

/** An error of Node, of a library or of a user's code. */
function fromStranger(error: object, depth: number): Failure {
  const cause = causeOf(error, depth);
  const own = ownKind(error);
  const kind = own ?? cause?.kind ?? "step";
  const message = readOf(error, "message");
  const name = readOf(error, "name");
  const prefix = typeof name === "string" && name !== "Error" && name !== "" ? `${name}: ` : "";
  const stack = trimmedStack(readOf(error, "stack"));
  const details = systemDetails(error);
  return {
    kind,
    code: codeOfKind(error, kind, own === undefined ? cause : undefined),
    message:
      typeof message === "string"
        ? boundedText(message === "" ? (prefix === "" ? "Error" : prefix.slice(0, -2)) : prefix + message)
        : describeThrown(error),
    ...(details === undefined ? {} : { details }),
    ...(own === undefined && cause !== undefined ? retryTraits(cause) : {}),
    ...retryTraits(error),
    ...(stack === undefined ? {} : { stack }),
    ...(cause === undefined ? {} : { cause }),
  };
}

function ownKind(error: object): FailureKind | undefined {
  const kind = readOf(error, "kind");
  if (isKind(kind)) return kind;
  const code = readOf(error, "code");
  const status = readOf(error, "status") ?? readOf(error, "statusCode");
  if (isMemoryFault(error)) return "resource";
  if (readOf(error, "name") === "TimeoutError") return "timeout";
  if (/^\$?ZodError$/.test(String(readOf(error, "name"))) && Array.isArray(readOf(error, "issues")))
    return "data_validation";
  const byCode = typeof code === "string" ? kindOfNodeCode(code) : undefined;
  return byCode ?? (typeof status === "number" ? kindOfHttpStatus(status) : undefined);
}

function isMemoryFault(error: object): boolean {
  if (readOf(error, "code") === "ERR_WORKER_OUT_OF_MEMORY") return true;
  return (
    readOf(error, "name") === "RangeError" &&
    /allocation failed|invalid (array|string) length/i.test(String(readOf(error, "message")))
  );
}

function codeOfKind(error: object, kind: FailureKind, cause: Failure | undefined): ErrorCode {
  if (isMemoryFault(error)) return "E_OUT_OF_MEMORY";
  if (cause !== undefined && isErrorCode(cause.code) && cause.kind === kind) return cause.code;
  if (kind === "network") return "E_NETWORK";
  return kind === "resource" ? "E_RESOURCE" : "E_STEP";
}

function causeOf(error: object, depth: number): Failure | undefined {
  if (depth >= maxCauses) return undefined;
  const cause = readOf(error, "cause");
  if (cause !== undefined && cause !== null && cause !== error) return failureOf(cause, depth + 1);
  const several = readOf(error, "errors");
  return readOf(error, "name") === "AggregateError" && Array.isArray(several) && several.length > 0
    ? failureOf(several[0], depth + 1)
    : undefined;
}

/** Details as they will be in the journal; undefined when they are none or not plain. */
function plainDetails(details: unknown): JsonObject | undefined {
  if (typeof details !== "object" || details === null) return undefined;
  try {
    const text = JSON.stringify(details);
    if (text === "{}" || !text.startsWith("{")) return undefined;
    return text.length > maxDetailsLength ? { cut: boundedText(text, 1_000) } : (JSON.parse(text) as JsonObject);
  } catch {
    return undefined;
  }
}

/** What Node says about a failed call to the system. */
function systemDetails(error: object): JsonObject | undefined {
  const kept: { [key: string]: string | number } = {};
  for (const key of ["code", "syscall", "hostname", "address", "port", "status", "statusCode"]) {
    const value = readOf(error, key);
    if (typeof value === "string" || (typeof value === "number" && Number.isFinite(value)))
      kept[key] = typeof value === "string" ? boundedText(value, 400) : value;
  }
  return Object.keys(kept).length === 0 ? undefined : kept;
}
