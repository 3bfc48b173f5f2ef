/** How a provider's answers are written. */
export type Dialect = "openai" | "anthropic";

export type Provider = {
  readonly dialect: Dialect;
  /** Left out: the document gives `base_url`. */
  readonly baseUrl?: string;
  /** The usual name of its key in the environment. Left out: it needs none. */
  readonly keyName?: string;
  /** It runs on this machine: its default address may be reached although it is private. */
  readonly near?: boolean;
  /** How it is asked for JSON of a schema; `object`: JSON only, the schema stands in the prompt. */
  readonly structured?: "schema" | "object";
  /** It calls the limit of an answer `max_completion_tokens`. */
  readonly completionTokens?: boolean;
};

const openai = (baseUrl: string, keyName: string, more: Partial<Provider> = {}): Provider => ({
  dialect: "openai",
  baseUrl,
  keyName,
  ...more,
});

const near = (port: number): Provider => ({ dialect: "openai", baseUrl: `http://127.0.0.1:${port}/v1`, near: true });

/** Providers by the first part of a model's name. */
export const providers: { readonly [name: string]: Provider } = {
  openai: openai("https://api.openai.com/v1", "OPENAI_API_KEY", { completionTokens: true }),
  anthropic: { dialect: "anthropic", baseUrl: "https://api.anthropic.com/v1", keyName: "ANTHROPIC_API_KEY" },
  ollama: near(11434),
  lmstudio: near(1234),
  vllm: near(8000),
  llamacpp: near(8080),
  openrouter: openai("https://openrouter.ai/api/v1", "OPENROUTER_API_KEY"),
  google: openai("https://generativelanguage.googleapis.com/v1beta/openai", "GEMINI_API_KEY"),
  mistral: openai("https://api.mistral.ai/v1", "MISTRAL_API_KEY"),
  groq: openai("https://api.groq.com/openai/v1", "GROQ_API_KEY"),
  deepseek: openai("https://api.deepseek.com/v1", "DEEPSEEK_API_KEY", { structured: "object" }),
  together: openai("https://api.together.xyz/v1", "TOGETHER_API_KEY"),
  fireworks: openai("https://api.fireworks.ai/inference/v1", "FIREWORKS_API_KEY"),
  xai: openai("https://api.x.ai/v1", "XAI_API_KEY"),
  compatible: { dialect: "openai" },
};
