import type { StepContext } from "../../contracts/component.js";
import type { AttemptRequest, AttemptSink } from "../../contracts/executor.js";
import type { Json } from "../../contracts/json.js";
import type { CallNote } from "../../contracts/spending.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import type { SecretMask } from "../../values/secret-mask.js";
import { jsonLimits, toJson } from "./to-json.js";

export type EffectSurroundings = {
  readonly request: Pick<AttemptRequest, "effects">;
  readonly sink: Pick<AttemptSink, "effect">;
  readonly mask: SecretMask | undefined;
  /** Throws when the attempt has been aborted, has ended, or waits. */
  demandOpen(): void;
  /** The same, but for waiting: what was done is still recorded then. */
  demandAlive(): void;
};

export type StepEffects = {
  readonly effect: StepContext["effect"];
  /** `noted` gives what the journal is to say of it, when `fn` is done. */
  once<T extends Json>(name: string, fn: () => T | Promise<T>, noted?: () => CallNote | undefined): Promise<T>;
  /** Resolves when nothing that began is under way. */
  settled(): Promise<void>;
};

/** Results recorded by earlier attempts are given back; a new one is on disk before the step sees it. */
export function stepEffects(around: EffectSurroundings): StepEffects {
  const named = new Set<string>();
  const open = new Set<Promise<unknown>>();
  const { request, demandOpen } = around;
  const once: StepEffects["once"] = async <T extends Json>(
    name: string,
    fn: () => T | Promise<T>,
    noted?: () => CallNote | undefined,
  ): Promise<T> => {
    demandOpen();
    if (named.has(name)) throw nanobrainError("E_EFFECT_TWICE", { name });
    named.add(name);
    if (Object.hasOwn(request.effects, name)) return structuredClone(request.effects[name]) as T;
    const doing = recorded(around, name, fn, noted);
    open.add(doing);
    try {
      return await doing;
    } finally {
      open.delete(doing);
    }
  };
  return {
    once,
    effect: (name, fn) => once(name, fn),
    async settled() {
      while (open.size > 0) await Promise.allSettled(open);
    },
  };
}

async function recorded<T extends Json>(
  { sink, mask, demandAlive }: EffectSurroundings,
  name: string,
  fn: () => T | Promise<T>,
  noted?: () => CallNote | undefined,
): Promise<T> {
  const result: unknown = await fn();
  const checked = toJson(result ?? null, mask === undefined ? jsonLimits : { ...jsonLimits, mask });
  if (!checked.ok)
    throw nanobrainError("E_OUTPUT_VALUE", { path: `effect ${name} ${checked.path}`.trimEnd(), what: checked.what });
  demandAlive();
  await sink.effect(name, checked.value, maskedNote(noted?.(), mask));
  demandAlive();
  return structuredClone(checked.value) as T;
}

function maskedNote(note: CallNote | undefined, mask: SecretMask | undefined): CallNote | undefined {
  if (note === undefined) return undefined;
  const checked = toJson(note, mask === undefined ? jsonLimits : { ...jsonLimits, mask });
  return checked.ok ? (checked.value as unknown as CallNote) : undefined;
}
