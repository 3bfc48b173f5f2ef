import type { FailureKind } from "../contracts/failure.js";
import type { JsonObject } from "../contracts/json.js";
import { describe, type ErrorCode } from "./catalogue.js";

/** What a step's error adds for recovery. Absent fields: decided by the kind. */
export type FailureTraits = {
  readonly kind?: FailureKind;
  readonly retryable?: boolean;
  readonly retryAfterMs?: number;
};

export type ErrorOptions = FailureTraits & { readonly cause?: unknown; readonly hint?: string };

/** The only error the engine throws on purpose. `code` is one of the catalogue's. */
export class NanobrainError extends Error {
  override readonly name = "NanobrainError";
  readonly code: ErrorCode;
  readonly details: JsonObject;
  readonly hint: string | undefined;
  readonly traits: FailureTraits;

  constructor(code: ErrorCode, message: string, details: JsonObject, options: ErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = details;
    this.hint = options.hint;
    this.traits = options;
  }
}

/** An error of the catalogue, its message filled in from `details`. */
export function nanobrainError(code: ErrorCode, details: JsonObject = {}, options: ErrorOptions = {}): NanobrainError {
  const entry = describe(code);
  const hint = options.hint ?? (entry.hint === undefined ? undefined : filled(entry.hint, details));
  const extra = { ...options, ...(hint === undefined ? {} : { hint }) };
  return new NanobrainError(code, filled(entry.message, details), details, extra);
}

/** `{name}` gives way to the detail of that name, where there is one. */
function filled(text: string, details: JsonObject): string {
  return text.replace(/\{(\w+)\}/g, (whole, key: string) => {
    const value = details[key];
    return value === undefined ? whole : typeof value === "string" ? value : JSON.stringify(value);
  });
}
