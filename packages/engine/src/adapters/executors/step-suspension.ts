import type { Suspension } from "../../contracts/executor.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import type { SecretMask } from "../../values/secret-mask.js";
import { jsonLimits, toJson } from "./to-json.js";

/** Thrown by `context.suspend` and `context.ask` to leave the step's code; it is an ending, no failure. */
export class SuspendSignal extends Error {
  readonly suspension: Suspension;
  constructor(suspension: Suspension) {
    super("The attempt is suspended");
    this.suspension = suspension;
  }
}

/** Leaves the step's code with what its activation waits for, secrets masked. */
export function suspend(suspension: Suspension, mask: SecretMask | undefined): never {
  const { until, ask, name } = suspension;
  const isKnown = ask === undefined ? Number.isFinite(until) : until === undefined && typeof ask.question === "string";
  if (!isKnown) throw nanobrainError("E_INTERNAL", { what: "suspend takes a moment or a question" });
  if (ask === undefined) throw new SuspendSignal({ ...(until === undefined ? {} : { until }) });
  const copy = toJson(ask, mask === undefined ? jsonLimits : { ...jsonLimits, mask });
  if (!copy.ok) throw nanobrainError("E_OUTPUT_VALUE", { path: `ask ${copy.path}`.trimEnd(), what: copy.what });
  const kept = { ask: copy.value as unknown as NonNullable<Suspension["ask"]> };
  throw new SuspendSignal(name === undefined ? kept : { ...kept, name });
}

/** What is waited for, where the error is the signal of `suspend`. */
export function suspensionOf(error: unknown): Suspension | undefined {
  return error instanceof SuspendSignal ? error.suspension : undefined;
}
