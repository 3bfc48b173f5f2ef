import type { StepContext } from "../../contracts/component.js";
import type { Answered, AttemptRequest } from "../../contracts/executor.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import { answerKey } from "../../kernel/answer-key.js";
import type { SecretMask } from "../../values/secret-mask.js";
import { SuspendSignal, suspend } from "./step-suspension.js";

export type AskSurroundings = {
  readonly request: Pick<AttemptRequest, "effects">;
  readonly mask: SecretMask | undefined;
  /** Throws when the attempt has been aborted, has ended, or waits. */
  demandOpen(): void;
};

/** What one attempt's code asks people. A1. Whatever the code does with the signal of a question, the attempt ends as waiting for it. */
export type StepAsks = {
  readonly ask: StepContext["ask"];
  /** The signal of the question that was asked and has no answer yet. */
  readonly pending: () => SuspendSignal | undefined;
};

const maxNameLength = 1024;

export function stepAsks({ request, mask, demandOpen }: AskSurroundings): StepAsks {
  const named = new Set<string>();
  let pending: SuspendSignal | undefined;
  return {
    pending: () => pending,
    async ask(written, ask) {
      demandOpen();
      const name = checkedName(written, mask);
      if (named.has(name)) throw nanobrainError("E_EFFECT_TWICE", { name: `ask ${name}` });
      named.add(name);
      const known = answerOf(request.effects, name);
      if (known !== undefined) return known;
      try {
        suspend({ ask, name }, mask);
      } catch (error) {
        if (error instanceof SuspendSignal) pending = error;
        throw error;
      }
    },
  };
}

function checkedName(written: unknown, mask: SecretMask | undefined): string {
  const name = typeof written === "string" && mask !== undefined ? mask(written) : written;
  if (typeof name === "string" && name !== "" && name.length <= maxNameLength) return name;
  throw nanobrainError("E_OUTPUT_VALUE", {
    path: "ask",
    what: `a name of 1 to ${maxNameLength} characters is expected`,
  });
}

export function answerOf(effects: AttemptRequest["effects"], name: string): Answered | undefined {
  const decision = effects[answerKey(name, "decision")];
  if (decision === undefined) return undefined;
  const [by, at] = ["by", "at"].map((part) => String(effects[answerKey(name, part)] ?? ""));
  return { decision: structuredClone(decision), by: by ?? "", at: at ?? "" };
}
