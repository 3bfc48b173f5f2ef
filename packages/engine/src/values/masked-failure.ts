import type { Failure } from "../contracts/failure.js";
import type { Json, JsonObject } from "../contracts/json.js";
import type { SecretMask } from "./secret-mask.js";

/** A failure as it may be journaled and shown: without secrets, and without what its bounded texts have left of them. */
export function maskedFailure(failure: Failure, mask: SecretMask | undefined): Failure {
  if (mask === undefined) return failure;
  const { hint, stack, details, cause } = failure;
  return {
    ...failure,
    message: mask.cut(failure.message),
    ...(hint === undefined ? {} : { hint: mask.cut(hint) }),
    ...(stack === undefined ? {} : { stack: mask.cut(stack) }),
    ...(details === undefined ? {} : { details: masked(details, mask) as JsonObject }),
    ...(cause === undefined ? {} : { cause: maskedFailure(cause, mask) }),
  };
}

function masked(value: Json, mask: SecretMask): Json {
  if (typeof value === "string") return mask.cut(value);
  if (typeof value === "number") return mask.hides(value) ? "***" : value;
  if (Array.isArray(value)) return value.map((item: Json) => masked(item, mask));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [mask(key), masked(member, mask)]));
}
