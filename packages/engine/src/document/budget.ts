import type { Amounts } from "../contracts/spending.js";
import type { At } from "./at.js";
import { makeShape, readFields } from "./fields.js";
import { readDuration } from "./quantities.js";
import { readNumber, readWhole } from "./values.js";

const most = 1e12;
const shape = makeShape("budget", ["model_calls", "tool_calls", "tokens", "usd", "time"], [], {
  calls: "model_calls",
  money: "usd",
  cost: "usd",
  dollars: "usd",
  timeout: "time",
  seconds: "time",
});

/** What calls of models and tools may use up in a run. Undefined: nothing bounds them. */
export function readBudget(at: At | undefined): Amounts | undefined {
  const fields = at === undefined ? undefined : readFields(at, shape);
  if (fields === undefined) return undefined;
  const read = (key: string, how: (at: At) => number | undefined): number | undefined => {
    const value = fields.get(key);
    return value === undefined ? undefined : how(value);
  };
  const given: { readonly [Key in keyof Amounts]-?: number | undefined } = {
    model_calls: read("model_calls", (at) => readWhole(at, { least: 0, most })),
    tool_calls: read("tool_calls", (at) => readWhole(at, { least: 0, most })),
    tokens: read("tokens", (at) => readWhole(at, { least: 1, most })),
    usd: read("usd", (at) => readNumber(at, { least: 0, most })),
    ms: read("time", (at) => readDuration(at, { least: 1 })),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
