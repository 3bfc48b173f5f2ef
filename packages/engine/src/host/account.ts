import { type Amounts, amountKeys, type CallWish, plus } from "../contracts/spending.js";

/** One budget: of the run of a document that has one. */
export type Account = {
  readonly workflow: string;
  readonly limits: Amounts;
  spent(): Amounts;
  /** Set aside for calls under way. */
  readonly held: Set<Amounts>;
  /** Called when something is given back. */
  readonly waiting: Set<() => void>;
};

export type BudgetKey = "model_calls" | "tool_calls" | "tokens" | "usd" | "time";

/** Where there is no room, and never will be; `wait`: what calls under way leave may do. */
export type Refusal = { readonly key: BudgetKey; readonly what: string } | "wait";
export type Grant = { readonly room: Amounts } | { readonly refused: Refusal };

/**
 * What a call may use up by one budget. G1. What is spent and set aside is never more than the limit, but for time, of which calls that
 * run side by side each have what was left when they began. G2. It waits for others only where they may leave enough: of what they will
 * use up for certain (a call is one call) nothing comes back.
 */
export function grantOf(account: Account, { least, most }: CallWish): Grant {
  const { limits } = account;
  const spent = account.spent();
  const held = [...account.held].reduce(plus, {});
  const room: { -readonly [Key in keyof Amounts]: number } = {};
  let waits = false;
  for (const key of amountKeys) {
    const limit = limits[key];
    if (limit === undefined) continue;
    if (least[key] === undefined && key === "usd" && least.model_calls !== undefined) return { refused: unpriced };
    if (least[key] === undefined && most[key] === undefined) continue;
    const needed = least[key] ?? 0;
    const unspent = limit - (spent[key] ?? 0);
    const left = key === "ms" ? unspent : unspent - (held[key] ?? 0);
    const wanted = most[key] ?? Number.POSITIVE_INFINITY;
    if (left >= wanted || (left >= needed && left === unspent)) room[key] = Math.min(left, wanted);
    else if (unspent >= needed && needed < wanted) waits = true;
    else return { refused: exhaustedBy(key, limit, spent[key] ?? 0, held[key] ?? 0, needed) };
  }
  return waits ? { refused: "wait" } : { room };
}

const unpriced: Refusal = { key: "usd", what: "what the next call of a model costs is not known" };

function exhaustedBy(key: keyof Amounts, limit: number, used: number, held: number, needed: number): Refusal {
  const calls = `${used + held} of ${limit} calls of ${key === "tool_calls" ? "tools" : "models"}`;
  switch (key) {
    case "model_calls":
    case "tool_calls":
      return { key, what: `${calls} are made${held === 0 ? "" : " or under way"}` };
    case "tokens":
      return { key, what: `${used} of ${limit} tokens are used, and the next call sends about ${needed}` };
    case "usd":
      return { key, what: `${moneyText(used)} of ${moneyText(limit)} US dollars are spent` };
    case "ms":
      return { key: "time", what: `calls took ${secondsText(used)} of ${secondsText(limit)}` };
  }
}

/** Four digits after the point, or as many as it takes to show something. */
export function moneyText(usd: number): string {
  if (usd === 0) return "0";
  return String(usd >= 0.001 ? Number(usd.toFixed(4)) : Number(usd.toPrecision(2)));
}

const secondsText = (ms: number): string => `${Number((ms / 1000).toFixed(ms < 10_000 ? 2 : 0))} s`;
