import type { Failure, FailureKind } from "@nanobrain/engine";

export type JoinedTraits = {
  readonly kind?: FailureKind;
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
};

/**
 * Traits of one failure that stands for several. The first that time may mend decides: then it is tried again, after the longest
 * pause that was asked for.
 */
export function joinedTraits(failures: readonly Failure[]): JoinedTraits {
  const passing = failures.find(
    (failure) => failure.retryable ?? ["network", "timeout", "resource"].includes(failure.kind),
  );
  const chosen = passing ?? failures[0];
  const pauses = failures.flatMap((failure) => failure.retryAfterMs ?? []);
  return {
    ...(chosen === undefined ? {} : { kind: chosen.kind }),
    retryable: passing !== undefined,
    ...(passing === undefined || pauses.length === 0 ? {} : { retryAfterMs: Math.max(...pauses) }),
  };
}
