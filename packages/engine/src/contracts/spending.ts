/** What calls of models and tools use up. `ms`: how long they took, all together. */
export type Amounts = {
  readonly model_calls?: number;
  readonly tool_calls?: number;
  readonly tokens?: number;
  readonly usd?: number;
  readonly ms?: number;
};

export const amountKeys = ["model_calls", "tool_calls", "tokens", "usd", "ms"] as const satisfies (keyof Amounts)[];

/** What a call needs at least, and what it may use up at most. An amount that is left out is not known. */
export type CallWish = { readonly least: Amounts; readonly most: Amounts };

/** What the journal says of an effect that was a call. `of`: the model that answered, or the tool. */
export type CallNote = {
  readonly kind: "model" | "tool";
  readonly of: string;
  readonly spent: Amounts;
  /** The call failed, or was refused; whoever asked for it was told why. */
  readonly failed?: string;
};

export function plus(one: Amounts, other: Amounts): Amounts {
  const sum: { -readonly [Key in keyof Amounts]: number } = { ...one };
  for (const key of amountKeys) {
    const added = other[key];
    if (added !== undefined) sum[key] = (sum[key] ?? 0) + added;
  }
  return sum;
}
