import type { JsonObject } from "@nanobrain/engine";
import { nanobrainError } from "@nanobrain/engine";
import { bytesOf, millisecondsOf } from "@nanobrain/engine/steps";
import type { EndpointConfig, ModelConfig, PriceConfig } from "../model-config.js";
import type { ModelName } from "../model-name.js";
import { type Dialect, providers } from "../providers.js";

/** One service and the model there, ready to be asked. */
export type Endpoint = {
  /** `provider/model`. */
  readonly name: string;
  readonly provider: string;
  readonly model: string;
  readonly dialect: Dialect;
  readonly baseUrl: string;
  /** What may be reached although it is private. */
  readonly allowHosts: readonly string[];
  readonly apiKey?: string;
  /** The secret that holds the key where the document gives none. */
  readonly keyName?: string;
  readonly headers: { readonly [name: string]: string };
  readonly structured: "schema" | "object" | "none";
  readonly completionTokens: boolean;
  readonly options: JsonObject;
  readonly price?: PriceConfig;
  readonly streaming: boolean;
  readonly firstByteTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly totalTimeoutMs: number;
  readonly maxBytes: number;
};

const free: PriceConfig = { input_per_million: 0, output_per_million: 0 };
const mebibyte = 1_048_576;

/** The endpoint of a config. Throws E_MODEL_UNKNOWN for a provider without an address. */
export function endpointOf({ provider, model }: ModelName, config: EndpointConfig & ModelConfig): Endpoint {
  const known = providers[provider];
  const baseUrl = config.base_url ?? known?.baseUrl;
  const name = `${provider}/${model}`;
  if (baseUrl === undefined) {
    const hint = `One of ${Object.keys(providers).join(", ")}; or give base_url.`;
    throw nanobrainError("E_MODEL_UNKNOWN", { model: name, what: "nobody knows its provider" }, { hint });
  }
  const { api_key: apiKey } = config;
  const price = config.price ?? (known?.near === true ? free : undefined);
  const { keyName } = known ?? {};
  return {
    name,
    provider,
    model,
    dialect: known?.dialect ?? "openai",
    baseUrl: baseUrl.replace(/\/+$/, ""),
    allowHosts: config.base_url === undefined && known?.near !== true ? [] : hostsOf(baseUrl),
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(keyName === undefined || config.base_url !== undefined ? {} : { keyName }),
    headers: config.headers ?? {},
    structured: config.structured ?? known?.structured ?? "schema",
    completionTokens: known?.completionTokens === true,
    options: config.options ?? {},
    ...(price === undefined ? {} : { price }),
    streaming: config.streaming ?? true,
    firstByteTimeoutMs: millisecondsOf(config.first_byte_timeout, 120_000),
    idleTimeoutMs: millisecondsOf(config.idle_timeout, 60_000),
    totalTimeoutMs: millisecondsOf(config.total_timeout, 600_000),
    maxBytes: bytesOf(config.max_answer, 16 * mebibyte),
  };
}

/** The host that the document's author wrote, with its port. */
function hostsOf(baseUrl: string): readonly string[] {
  if (!URL.canParse(baseUrl)) return [];
  const { hostname, port, protocol } = new URL(baseUrl);
  return [`${hostname}:${port === "" ? (protocol === "https:" ? 443 : 80) : port}`];
}
