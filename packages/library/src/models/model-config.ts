import type { ConfigProblem, JsonObject, Zod } from "@nanobrain/engine";
import { duration, size } from "@nanobrain/engine/steps";
import type { z } from "zod";
import { localModelName, readModelName } from "./model-name.js";
import { providers } from "./providers.js";

export type PriceConfig = { readonly input_per_million: number; readonly output_per_million: number };

/** How one endpoint is reached. Secrets are filled in by then. */
export type EndpointConfig = {
  readonly model?: string;
  readonly base_url?: string;
  readonly api_key?: string;
  readonly headers?: { readonly [name: string]: string };
  readonly structured?: "schema" | "object" | "none";
  readonly options?: JsonObject;
  readonly price?: PriceConfig;
  readonly weight?: number;
  readonly max_concurrency?: number;
};

export type Balance = "round_robin" | "least_loaded" | "weighted" | "adaptive";

/** What a document says of a model; `modelShape` is its schema. Everything may be left out. */
export type ModelConfig = EndpointConfig & {
  readonly temperature?: number;
  readonly max_output_tokens?: number;
  readonly seed?: number;
  readonly streaming?: boolean;
  readonly first_byte_timeout?: number | string;
  readonly idle_timeout?: number | string;
  readonly total_timeout?: number | string;
  readonly max_answer?: number | string;
  readonly endpoints?: readonly EndpointConfig[];
  readonly balance?: Balance;
};

const nameHelp = "`provider/model`, such as `openai/gpt-5-mini`, `anthropic/claude-sonnet-4-5`, `ollama/llama3.2`";

/** What editors offer. */
const modelExamples = [
  ...["openai/gpt-5-mini", "anthropic/claude-sonnet-4-5", "ollama/llama3.2", "compatible/MODEL"],
  ...[localModelName, "scripted/FILE.yml"],
];

function endpointShape(zod: Zod) {
  return {
    model: zod
      .string()
      .min(1)
      .optional()
      .describe(`Which model: ${nameHelp}. Default: \`NANOBRAIN_MODEL\`, else the local one.`)
      .meta({ examples: modelExamples }),
    base_url: zod
      .string()
      .min(1)
      .optional()
      .describe("Address of the service, up to and with `/v1`. It may be private."),
    api_key: zod
      .string()
      .min(1)
      .optional()
      .describe("`${secret:NAME}`. Default: the provider's usual secret, as `OPENAI_API_KEY`."),
    headers: zod.record(zod.string(), zod.string()).optional().describe("More headers of each call."),
    structured: zod
      .enum(["schema", "object", "none"])
      .optional()
      .describe(
        "How JSON is asked for: by schema, as any object, or in the prompt only. Default: what the provider can do.",
      ),
    options: zod
      .record(zod.string(), zod.unknown())
      .optional()
      .describe("More fields of the request, as the provider has them."),
    price: zod
      .strictObject({
        input_per_million: zod.number().min(0).describe("US dollars for a million tokens that are sent."),
        output_per_million: zod.number().min(0).describe("US dollars for a million tokens that are answered."),
      })
      .optional()
      .describe("What tokens cost; no prices are built in. A budget in money needs it."),
    weight: zod.number().positive().optional().describe("Share of the calls, with `balance: weighted`. Default 1."),
    max_concurrency: zod.number().int().positive().optional().describe("Most calls at once from one process."),
  };
}

/** The keys of a model, to stand among others in a strict object. */
export function modelShape(zod: Zod) {
  return {
    ...endpointShape(zod),
    temperature: zod
      .number()
      .min(0)
      .max(2)
      .optional()
      .describe("How free the wording is, 0 to 2. Default: the model's own."),
    max_output_tokens: zod.number().int().positive().optional().describe("Longest answer in tokens."),
    seed: zod.number().int().optional().describe("For models that can repeat an answer."),
    streaming: zod.boolean().optional().describe("Take answers in parts as they are made (default), or whole."),
    first_byte_timeout: duration(zod)
      .optional()
      .describe("Longest wait for the beginning of an answer. Default 120 s."),
    idle_timeout: duration(zod).optional().describe("Longest wait for the next part of an answer. Default 60 s."),
    total_timeout: duration(zod).optional().describe("Longest time of one call. Default 10 min."),
    max_answer: size(zod).optional().describe("Largest answer as it is sent. Default 16 MiB."),
    endpoints: zod
      .array(zod.strictObject(endpointShape(zod)))
      .min(1)
      .max(32)
      .optional()
      .describe("Several places that answer alike; what an entry leaves out is taken from beside `endpoints`."),
    balance: zod
      .enum(["round_robin", "least_loaded", "weighted", "adaptive"])
      .optional()
      .describe(
        "How calls are spread over the endpoints: in turn (default), to the least busy, by weight, by measured speed and failures.",
      ),
  };
}

/** The schema of a model by itself. */
export function modelConfig(zod: Zod): z.ZodType {
  return zod.strictObject(modelShape(zod));
}

/**
 * The endpoints that a config names; one where it names no list. What an entry leaves out is taken from beside the list, but a price only
 * for the same model, and address, headers and key only for the same service: no key is sent to another one.
 */
export function endpointsOf(config: ModelConfig): readonly ModelConfig[] {
  const { endpoints, ...common } = config;
  if (endpoints === undefined) return [common];
  return endpoints.map((endpoint) => {
    const { price, base_url, api_key, headers, options, structured, ...others } = common;
    const sameService =
      endpoint.base_url === undefined && providerOf(endpoint.model ?? common.model) === providerOf(common.model);
    return {
      ...others,
      ...(endpoint.model === undefined && price !== undefined ? { price } : {}),
      ...(sameService ? withoutUndefined({ base_url, api_key, headers, options, structured }) : {}),
      ...endpoint,
    };
  });
}

const providerOf = (model: string | undefined): string | undefined =>
  readModelName(modelNameOf(model === undefined ? {} : { model }))?.provider;

function withoutUndefined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

/** The model that is meant: the one named, `NANOBRAIN_MODEL`, or the local one. */
export function modelNameOf(config: EndpointConfig): string {
  return config.model ?? (process.env["NANOBRAIN_MODEL"] || localModelName);
}

/** Names of the secrets that hold the keys, where the document gives none; for `StepDefinition.secrets`. */
export function modelSecrets(config: ModelConfig): readonly string[] {
  const names = endpointsOf(config).flatMap((endpoint) => {
    const name = readModelName(modelNameOf(endpoint));
    const keyName = name === undefined ? undefined : providers[name.provider]?.keyName;
    const isGiven = endpoint.api_key !== undefined || endpoint.base_url !== undefined;
    return isGiven || keyName === undefined ? [] : [keyName];
  });
  return [...new Set(names)];
}

/** Whether every endpoint says what its tokens cost, or costs nothing. */
export function isPriced(config: ModelConfig): boolean {
  return endpointsOf(config).every((endpoint) => endpoint.price !== undefined || costsNothing(endpoint));
}

/** What a million tokens cost at the dearest endpoint. Undefined: of some it is not known. */
export function highestPrice(config: ModelConfig): PriceConfig | undefined {
  if (!isPriced(config)) return undefined;
  const prices = endpointsOf(config).flatMap(({ price }) => (price === undefined ? [] : [price]));
  return {
    input_per_million: Math.max(0, ...prices.map((price) => price.input_per_million)),
    output_per_million: Math.max(0, ...prices.map((price) => price.output_per_million)),
  };
}

function costsNothing(endpoint: EndpointConfig): boolean {
  const provider = readModelName(modelNameOf(endpoint))?.provider ?? "";
  return provider === "local" || provider === "scripted" || providers[provider]?.near === true;
}

/** What the schema cannot say. Pure but for `NANOBRAIN_MODEL`. */
export function modelProblems(config: ModelConfig): readonly ConfigProblem[] {
  const listed = config.endpoints;
  if (listed === undefined) return endpointProblems(config, []);
  return endpointsOf(config).flatMap((endpoint, at) =>
    endpointProblems(endpoint, listed[at]?.model === undefined ? [] : ["endpoints", at]),
  );
}

function endpointProblems(endpoint: EndpointConfig, place: ConfigProblem["path"]): readonly ConfigProblem[] {
  const text = modelNameOf(endpoint);
  const path = [...place, "model"];
  const name = readModelName(text);
  const shown = JSON.stringify(text);
  if (name === undefined)
    return [{ path, code: "E_MODEL_NAME", message: `${shown} names no model`, hint: `write ${nameHelp}` }];
  if (name.provider === "local")
    return text === localModelName
      ? []
      : [{ path, code: "E_MODEL_NAME", message: `${shown} is no local model`, hint: `write ${localModelName}` }];
  if (name.provider === "scripted") return [];
  const provider = providers[name.provider];
  if (provider === undefined && endpoint.base_url === undefined)
    return [
      {
        path,
        code: "E_MODEL_NAME",
        message: `Nobody knows the provider of ${shown}`,
        hint: `one of ${Object.keys(providers).join(", ")}; or give base_url`,
      },
    ];
  if (provider?.baseUrl === undefined && endpoint.base_url === undefined)
    return [
      { path, code: "E_MODEL_NAME", message: `${shown} needs the address of its service`, hint: "give base_url" },
    ];
  return [];
}
