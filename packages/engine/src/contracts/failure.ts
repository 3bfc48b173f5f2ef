import type { JsonObject } from "./json.js";

/** What went wrong, decided where it was detected. The kind chooses retries; see `kernel/recovery`. */
export type FailureKind =
  | "configuration"
  | "data_validation"
  | "resource"
  | "timeout"
  | "network"
  | "step"
  | "cancelled";

/** One failure as plain data: what the journal keeps. `cause` is a chain, outermost first. */
export type Failure = {
  readonly kind: FailureKind;
  /** A code of the error catalogue (`E_...`). */
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly details?: JsonObject;
  /** False: never retried, whatever the strategy. Absent: by kind. */
  readonly retryable?: boolean;
  /** A service asked to wait this long before the next attempt. */
  readonly retryAfterMs?: number;
  readonly stack?: string;
  readonly cause?: Failure;
};
