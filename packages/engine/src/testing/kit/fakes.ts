import type { TypedStep } from "../../components/define-step.js";
import type { StepContext } from "../../contracts/component.js";
import type { FailureKind } from "../../contracts/failure.js";
import type { Json, JsonObject } from "../../contracts/json.js";
import { stepFailure } from "../../errors/step-failure.js";

/** What a fake is given: the step's inputs and config, and its context. */
export type FakeCall<Inputs = { readonly [port: string]: Json }, Config = JsonObject> = StepContext & {
  readonly inputs: Inputs;
  readonly config: Config;
};

/** Hangs until the attempt is aborted, or ends after simulated time. */
export type Pending<Made, Call = FakeCall> = {
  readonly pending: number | string | null;
  readonly then?: FakeAnswer<Made, Call>;
};

type Outputs = { readonly [port: string]: Json | undefined };
/** What one attempt does instead of the step's code: outputs by port, or what makes them. */
export type FakeAnswer<Made = Outputs, Call = FakeCall> =
  | ((call: Call) => Made | Promise<Made>)
  | Pending<Made, Call>
  | Made;

/** What stands in for a class: the same for each attempt, or a list for the first, the second, ... The last one of a list stays. */
export type Fake<Made = Outputs, Call = FakeCall> = FakeAnswer<Made, Call> | readonly FakeAnswer<Made, Call>[];

type Given<C> = C extends TypedStep<infer Inputs, unknown, unknown> ? Inputs : never;
type Made<C> = C extends TypedStep<unknown, infer Sent, unknown> ? Partial<Sent> : never;
type Config<C> = C extends TypedStep<unknown, unknown, infer Written> ? Written : never;

/** A fake of a class of `defineStep`, by its ports: `fakes: { ...fake(search, ({ inputs }) => ({ papers: [] })) }`. */
export function fake<C extends TypedStep<unknown, unknown, unknown>>(
  step: C,
  answer: Fake<Made<C>, FakeCall<Given<C>, Config<C>>>,
): { readonly [name: string]: Fake } {
  return { [step.class]: answer as Fake };
}

/** Fails with a failure of that kind. */
export function fails(
  kind: FailureKind,
  message: string,
  options: { readonly retryable?: boolean; readonly retryAfterMs?: number } = {},
): (call: unknown) => never {
  return () => {
    throw stepFailure(message, { kind, ...options });
  };
}

/** Never answers: the attempt ends by its timeout, by a cancel or at the end of the runtime. */
export function hangs(): { readonly pending: null } {
  return { pending: null };
}

/** Takes that long on the simulated clock; then it answers. Milliseconds, or text like `90s`, `2h`. */
export function takes<Made = Outputs, Call = FakeCall>(
  duration: number | string,
  then: FakeAnswer<Made, Call>,
): Pending<Made, Call> {
  return { pending: duration, then };
}

export function isPending(answer: unknown): answer is Pending<Outputs> {
  if (typeof answer !== "object" || answer === null || !("pending" in answer)) return false;
  const { pending } = answer;
  return pending === null || typeof pending === "number" || typeof pending === "string";
}
