import { durationText, nanobrainError } from "@nanobrain/engine";
import { millisecondsOf } from "@nanobrain/engine/steps";
import type { ModelUsage } from "../models/model.js";
import type { BudgetConfig } from "./agent-config.js";

/** What was used up. `seconds`: of calls of models and tools. `cost_usd`: where all prices are known. */
export type Used = {
  readonly calls: number;
  readonly tool_calls: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cost_usd?: number;
  readonly seconds: number;
};

export type Room = { readonly outputTokens?: number; readonly timeMs?: number };

/**
 * What an agent may still use up. B1. It is asked before each call, and nothing is called without room. B2. What it counts comes from
 * recorded results only, so that a later attempt counts the same.
 */
export type Budget = {
  /** Throws E_AGENT_BUDGET. `tokens`: as many as will be sent, about. */
  beforeModel(tokens: number): Room;
  /** Throws E_AGENT_BUDGET. */
  beforeTools(count: number): void;
  usedByModel(usage: ModelUsage, ms: number): void;
  usedByTool(ms: number): void;
  used(): Used;
};

const defaults: BudgetConfig = { model_calls: 25, tool_calls: 25 };

type Sum = { calls: number; tools: number; input: number; output: number; usd: number; priced: boolean; ms: number };

/** `over`: the budget of the agent that asked this one; what is used counts there too. */
export function openBudget(agent: string, given: BudgetConfig | undefined, over?: Budget): Budget {
  const limits = { ...defaults, ...given };
  const sum: Sum = { calls: 0, tools: 0, input: 0, output: 0, usd: 0, priced: true, ms: 0 };
  const demand = (excess: Excess | undefined): void => {
    if (excess !== undefined) throw exhausted(agent, excess);
  };
  return {
    beforeModel(tokens) {
      const outer = over?.beforeModel(tokens) ?? {};
      demand(modelExcess(limits, sum, tokens) ?? timeExcess(limits, sum));
      const room = limits.tokens === undefined ? undefined : limits.tokens - sum.input - sum.output - tokens;
      const time = limits.time === undefined ? undefined : millisecondsOf(limits.time, 0) - sum.ms;
      return { ...least("outputTokens", room, outer.outputTokens), ...least("timeMs", time, outer.timeMs) };
    },
    beforeTools(count) {
      over?.beforeTools(count);
      demand(toolExcess(limits, sum, count) ?? timeExcess(limits, sum));
      sum.tools += count;
    },
    usedByModel(usage, ms) {
      over?.usedByModel(usage, ms);
      sum.calls += 1;
      sum.input += usage.inputTokens;
      sum.output += usage.outputTokens;
      sum.usd += usage.costUsd ?? 0;
      sum.priced &&= usage.costUsd !== undefined;
      sum.ms += ms;
    },
    usedByTool(ms) {
      over?.usedByTool(ms);
      sum.ms += ms;
    },
    used: () => usedOf(sum),
  };
}

/** The failure of an agent that has no room left. */
export function exhausted(agent: string, { what, key }: Excess): Error {
  const hint = `Raise budget.${key} of the agent, or ask for less.`;
  return nanobrainError("E_AGENT_BUDGET", { agent, what, key }, { hint });
}

export type Excess = { readonly what: string; readonly key: keyof BudgetConfig };

function modelExcess(limits: BudgetConfig, { calls, input, output, usd }: Sum, tokens: number): Excess | undefined {
  const { model_calls, tokens: most, usd: money } = limits;
  if (calls >= model_calls) return { what: `all ${model_calls} calls of models are made`, key: "model_calls" };
  if (money !== undefined && usd >= money) return { what: `${money} US dollars are spent`, key: "usd" };
  const used = input + output;
  if (most === undefined || used + tokens < most) return undefined;
  return { what: `${used} of ${most} tokens are used, and the next call sends about ${tokens}`, key: "tokens" };
}

function toolExcess({ tool_calls }: BudgetConfig, { tools }: Sum, count: number): Excess | undefined {
  if (tools + count <= tool_calls) return undefined;
  const what = `the model asks for ${count} calls of tools after ${tools}, and ${tool_calls} are allowed in all`;
  return { what, key: "tool_calls" };
}

function timeExcess({ time }: BudgetConfig, { ms }: Sum): Excess | undefined {
  if (time === undefined || ms < millisecondsOf(time, 0)) return undefined;
  return { what: `${durationText(millisecondsOf(time, 0))} of calls are used up`, key: "time" };
}

function usedOf({ calls, tools, input, output, usd, priced, ms }: Sum): Used {
  return {
    calls,
    tool_calls: tools,
    input_tokens: input,
    output_tokens: output,
    ...(priced && calls > 0 ? { cost_usd: Number(usd.toPrecision(12)) } : {}),
    seconds: Math.round(ms) / 1000,
  };
}

function least<Key extends string>(
  key: Key,
  ...given: readonly (number | undefined)[]
): { readonly [key in Key]?: number } {
  const known = given.filter((one) => one !== undefined);
  if (known.length === 0) return {};
  return { [key]: Math.min(...known) } as { readonly [key in Key]?: number };
}
