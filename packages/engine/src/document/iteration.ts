import { type At, below, complain } from "./at.js";
import type { StepEntry } from "./document.js";
import { makeShape, readFields } from "./fields.js";
import { checkId, readChoice, readCode, readText, readWhole, wrongType } from "./values.js";

const forEachShape = makeShape("for_each", ["over", "as", "concurrency", "max_failures"], ["over"], {
  in: "over",
  items: "over",
  of: "over",
  parallel: "concurrency",
});
const repeatShape = makeShape("repeat", ["until", "max", "carry", "on_max"], [], { while: "until", times: "max" });

/** `for_each: { over, as, concurrency, max_failures }`. Defaults: as item, one at a time, no failures. */
export function readForEach(at: At): StepEntry["forEach"] {
  const fields = readFields(at, forEachShape);
  const over = fields?.get("over");
  if (fields === undefined || over === undefined) return undefined;
  const as = fields.get("as");
  const concurrency = fields.get("concurrency");
  const failures = fields.get("max_failures");
  const input = portName(over);
  if (input === undefined) return undefined;
  return {
    over: input,
    as: (as === undefined ? undefined : portName(as)) ?? "item",
    concurrency: (concurrency === undefined ? undefined : readWhole(concurrency, { least: 1, most: 10_000 })) ?? 1,
    maxFailures: (failures === undefined ? undefined : readWhole(failures, { least: 0 })) ?? 0,
  };
}

/** `repeat: { until, max, carry, on_max }`. Defaults: at most 10 rounds, the last one's outputs are accepted. */
export function readRepeat(at: At): StepEntry["repeat"] {
  const fields = readFields(at, repeatShape);
  if (fields === undefined) return undefined;
  const until = fields.get("until");
  const max = fields.get("max");
  const onMax = fields.get("on_max");
  if (until === undefined && max === undefined) {
    complain(at, "E_MISSING", "repeat has neither until nor max, so nothing would end it", {
      part: "key",
      hint: "add until: ... or max: ...",
    });
  }
  const condition = until === undefined ? undefined : readCode(until);
  return {
    ...(condition === undefined ? {} : { until: condition }),
    max: (max === undefined ? undefined : readWhole(max, { least: 1, most: 1_000_000 })) ?? 10,
    carry: readCarry(fields.get("carry")),
    onMax: (onMax === undefined ? undefined : readChoice(onMax, ["accept", "fail"] as const)) ?? "accept",
  };
}

function readCarry(at: At | undefined): { readonly [output: string]: string } {
  if (at === undefined) return {};
  if (at.node.kind !== "map") {
    wrongType(at, "a map of outputs to inputs");
    return {};
  }
  const carry: { [output: string]: string } = {};
  for (const [output, { value }] of at.node.entries) {
    const entry = below(at, output, value);
    checkId(entry, output, "Output", "key");
    const input = portName(entry);
    if (input !== undefined) carry[output] = input;
  }
  return carry;
}

function portName(at: At): string | undefined {
  const name = readText(at);
  if (name !== undefined) checkId(at, name, "Port", "value");
  return name;
}
