import type { StepCall, StepContext } from "./component.js";
import type { Json, JsonObject } from "./json.js";

/** What the code of a step is given: inputs and config as their schemas made them, and everything of its context. */
export type DirectArguments = StepContext & {
  readonly inputs: { readonly [port: string]: unknown };
  readonly config: JsonObject;
};

export type DirectPort = {
  readonly name: string;
  /** Its absence is not shown to the schema. */
  readonly optional: boolean;
  /** As the port's Standard Schema answers. */
  check(value: unknown): DirectAnswer | Promise<DirectAnswer>;
};

type DirectAnswer = { readonly value: unknown; readonly issues?: undefined } | { readonly issues: readonly unknown[] };

/**
 * A step's code without what surrounds each attempt, for who runs it on this event loop and does the checks itself. D1. `run` of
 * the definition does the same as `around` with `code`. D2. Where a check does not answer at once, or refuses, `around` has the last word.
 */
export type DirectStep = {
  /** Undefined: open, whatever the links name comes in. */
  readonly inputs: readonly DirectPort[] | undefined;
  readonly outputs: readonly DirectPort[] | undefined;
  /** The text of the code as it was written. */
  text(): string;
  code(given: DirectArguments): unknown;
  /** Checks inputs, emits and outputs around some code, which may have begun before and `sent` values on some ports by then. */
  around(
    call: StepCall,
    code: (given: DirectArguments) => unknown,
    sent?: ReadonlySet<string>,
  ): Promise<{ readonly [port: string]: Json | undefined }>;
};
