import type { StepCall, StepContext } from "./component.js";
import type { JsonObject } from "./json.js";

/** Under which a call keeps what its context is asked of. */
const source: unique symbol = Symbol("context");

type Source = { readonly context: StepContext };
type Sourced = { [source]?: Source | undefined };

const accessor = {
  enumerable: true,
  configurable: true,
  get(this: Sourced): StepContext | undefined {
    return this[source]?.context;
  },
};

/**
 * A call whose context is made when it is read: much code takes its inputs only. It is a member of the call itself, so that copies
 * have it too. The accessor is shared, which keeps such objects fast.
 */
export function callWith(inputs: StepCall["inputs"], config: JsonObject, from: Source): StepCall {
  const call = { inputs, config, [source]: from };
  return Object.defineProperty(call, "context", accessor) as typeof call & Pick<StepCall, "context">;
}

/** The same call with another config; its context is made no sooner. */
export function withConfig(call: StepCall, config: JsonObject): StepCall {
  const from = (call as Sourced)[source];
  return from === undefined ? { ...call, config } : callWith(call.inputs, config, from);
}
