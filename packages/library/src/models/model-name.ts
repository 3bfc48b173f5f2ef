/** A model's name in its parts: `openrouter/meta/llama` is model `meta/llama` of `openrouter`. */
export type ModelName = { readonly provider: string; readonly model: string };

/** The model that answers where none is named. */
export const localModelName = "local/extractive";

/** Names that people write without their provider. */
const known: readonly (readonly [RegExp, string])[] = [
  [/^(gpt-|chatgpt-|o\d)/, "openai"],
  [/^claude-/, "anthropic"],
];

/** Undefined: no `provider/model`, and none of the names that say their provider by themselves. */
export function readModelName(name: string): ModelName | undefined {
  const [, provider, model] = /^([a-z][a-z0-9_-]*)\/(\S(?:.*\S)?)$/.exec(name) ?? [];
  if (provider !== undefined && model !== undefined) return { provider, model };
  const found = known.find(([pattern]) => pattern.test(name));
  return found === undefined || /[\s/]/.test(name) ? undefined : { provider: found[1], model: name };
}
