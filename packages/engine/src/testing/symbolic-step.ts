import type { Failure } from "../contracts/failure.js";
import type { Json, JsonObject } from "../contracts/json.js";
import type { ErrorCode } from "../errors/catalogue.js";
import { failureOf } from "../errors/failure-of.js";
import { answerKey } from "../kernel/answer-key.js";
import { hashText } from "./seeded-random.js";

/*
 * What steps and links of built plans do: results are hashes of what came in, so that any difference in routing, order or loss
 * shows in the outputs. Port names choose the shape: `list...` a list of up to four numbers, `maybe...` a number or nothing, any
 * other a number below 1000.
 */

/** Config keys that steps of built plans understand. */
export type SymbolicConfig = {
  /** The first attempts of a cell that fail; -1: all. */
  readonly fails?: number;
  readonly kind?: keyof typeof codes;
  /** Items whose last digit is below this always fail. */
  readonly badItems?: number;
  /** Milliseconds a service asks to wait. */
  readonly retryAfterMs?: number;
  /** How many values an attempt sends on a port before it ends. One that fails sends the first half of them. */
  readonly emits?: { readonly [port: string]: number };
  /** The attempt is suspended for so long. */
  readonly waitMs?: number;
  /** The attempt is suspended until a person has answered. */
  readonly asks?: boolean;
  /** The step's code asks a person so often, one question after the other, before it goes on. */
  readonly questions?: number;
};

export type SymbolicEmit = { readonly port: string; readonly index: number; readonly value: Json };

const codes = {
  step: "E_STEP",
  network: "E_NETWORK",
  timeout: "E_TIMEOUT",
  resource: "E_RESOURCE",
  data_validation: "E_OUTPUT_MISSING",
  configuration: "E_CONFIG",
} as const satisfies { [kind: string]: ErrorCode };

type Values = { readonly [port: string]: Json };

/** The failure of an attempt, if it fails. `before`: attempts of this cell and component that failed already. */
export function symbolicFailure(config: JsonObject, inputs: Values, before: number): Failure | undefined {
  const { fails = 0, kind = "step", badItems = 0, retryAfterMs } = config as SymbolicConfig;
  const item = inputs["item"];
  const isBad = typeof item === "number" && item % 10 < badItems;
  if (!isBad && fails >= 0 && before >= fails) return undefined;
  return failureOf(codes[isBad ? "step" : kind], {}, retryAfterMs === undefined ? {} : { retryAfterMs });
}

/** The first question of the step's code that has no answer yet. `known`: the keys of what its attempt was given back. */
export function symbolicQuestion({ questions = 0 }: SymbolicConfig, known: Iterable<string>): string | undefined {
  const keys = [...known];
  const names = Array.from({ length: questions }, (_, index) => `q${index + 1}`);
  return names.find((name) => !keys.includes(answerKey(name, "decision")));
}

export function symbolicOutputs(place: string, inputs: Values, ports: readonly string[]): { [port: string]: Json } {
  const seen = `${place} ${canonicalText(inputs)}`;
  const outputs: { [port: string]: Json } = {};
  for (const port of ports) {
    if (port.startsWith("maybe") && hashText(`${seen} ${port}`) % 3 === 0) continue;
    outputs[port] = symbolicValue(seen, port);
  }
  return outputs;
}

function symbolicValue(seen: string, port: string): Json {
  const hash = hashText(`${seen} ${port}`);
  return port.startsWith("list")
    ? Array.from({ length: hash % 5 }, (_, index) => hashText(`${seen} ${index}`) % 1000)
    : hash % 1000;
}

/** What an attempt sends while it runs, the first of each port first. */
export function symbolicEmits(
  place: string,
  inputs: Values,
  config: JsonObject,
  isFailing: boolean,
): readonly SymbolicEmit[] {
  const seen = `${place} ${canonicalText(inputs)}`;
  const emits = Object.entries((config as SymbolicConfig).emits ?? {}).flatMap(([port, count]) =>
    Array.from({ length: count }, (_, index) => ({ port, index, value: symbolicValue(`${seen} ${index}`, port) })),
  );
  emits.sort((a, b) => a.index - b.index);
  return isFailing ? emits.slice(0, Math.ceil(emits.length / 2)) : emits;
}

/** What stands for the key of a queue's item: few, so that some are equal. */
export function symbolicKey(item: Json): number {
  return hashText(canonicalText(item)) % 3;
}

/** Text of a value with sorted keys. Failures all read the same: which of several is named first may differ in time. */
export function canonicalText(value: Json): string {
  return JSON.stringify(value, (_key, part: Json) => {
    if (typeof part !== "object" || part === null) return part;
    if (Array.isArray(part)) return part.length > 0 && part.every(isItemFailure) ? "failures" : part;
    if ("code" in part && "kind" in part) return "failure";
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

function isItemFailure(part: Json): boolean {
  return typeof part === "object" && part !== null && "index" in part && "failure" in part;
}

/** `x < 500` over what a round gave; a port without a number does not end the loop. */
export function symbolicUntil(condition: string, outputs: Values): boolean {
  const [, port = "", limit = "0"] = /^(\w+) < ([\d.]+)$/.exec(condition) ?? [];
  const value = outputs[port];
  return typeof value === "number" && value < Number(limit);
}

/** `value < 500` over a number; a list or anything else cannot be compared. Undefined: the condition fails. */
export function symbolicCondition(condition: string, value: Json): boolean | undefined {
  const limit = /^value < ([\d.]+)$/.exec(condition)?.[1];
  return limit === undefined || typeof value !== "number" ? undefined : value < Number(limit);
}

/** Transforms named `drop...` give nothing for some values, `refuse...` fail for some, `moment...` do not look at them. */
export function symbolicTransform(name: string, value: Json): Json | undefined | Failure {
  if (name.startsWith("moment")) return hashText(name) % 1000;
  const hash = hashText(`${name} ${canonicalText(value)}`);
  if (name.startsWith("drop") && hash % 3 === 0) return undefined;
  if (name.startsWith("refuse") && hash % 3 === 0) return failureOf("E_STEP", { what: name });
  return hash % 1000;
}
