import type { Failure } from "../contracts/failure.js";
import type { JsonObject } from "../contracts/json.js";
import { describe, type ErrorCode } from "./catalogue.js";
import { nanobrainError } from "./nanobrain-error.js";

/** A failure of the catalogue as plain data, its message filled in from `details`. Kind: the catalogue's, else `step`. */
export function failureOf(code: ErrorCode, details: JsonObject = {}, extra: Partial<Failure> = {}): Failure {
  const error = nanobrainError(code, details);
  return {
    kind: describe(code).kind ?? "step",
    code,
    message: error.message,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    details,
    ...extra,
  };
}
