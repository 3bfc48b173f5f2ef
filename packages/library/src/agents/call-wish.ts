import type { Amounts, CallWish } from "@nanobrain/engine";
import type { ModelAnswer } from "../models/model.js";
import { highestPrice, type ModelConfig, type PriceConfig } from "../models/model-config.js";

/** Of the answers of models for which no length is said, where a budget of the run counts tokens or money. */
const usualTokens = 16_384;

/** What a call of a model with about so many tokens asks of the budgets of the run. */
export function modelWish(config: ModelConfig, tokens: number, mostOutput: number | undefined): CallWish {
  const output = mostOutput ?? usualTokens;
  const price = highestPrice(config);
  const usd = (answered: number) => (price === undefined ? {} : { usd: costOf(price, tokens, answered) });
  return {
    least: { model_calls: 1, tokens: tokens + 1, ms: 1, ...usd(1) },
    most: { model_calls: 1, tokens: tokens + output, ...usd(output) },
  };
}

/** How long an answer may be. Undefined: nothing in the budgets of the run bounds it. */
export function outputRoom(config: ModelConfig, tokens: number, room: Amounts): number | undefined {
  const price = highestPrice(config);
  const byTokens = room.tokens === undefined ? [] : [room.tokens - tokens];
  const byMoney =
    room.usd === undefined || price === undefined || price.output_per_million === 0
      ? []
      : [Math.floor((room.usd * 1e6 - tokens * price.input_per_million) / price.output_per_million)];
  const most = Math.min(...byTokens, ...byMoney);
  return Number.isFinite(most) ? Math.max(1, most) : undefined;
}

export function spentByModel({ usage }: ModelAnswer, ms: number): Amounts {
  const tokens = usage.inputTokens + usage.outputTokens;
  return { model_calls: 1, tokens, ...(usage.costUsd === undefined ? {} : { usd: usage.costUsd }), ms };
}

function costOf({ input_per_million, output_per_million }: PriceConfig, sent: number, answered: number): number {
  return (sent * input_per_million + answered * output_per_million) / 1e6;
}
