import type { OpenAICompatibleProvider } from "@ai-sdk/openai-compatible";
import type { Endpoint } from "./endpoint.js";

/** A provider's model as its library has it. */
export type SdkModel = ReturnType<OpenAICompatibleProvider["chatModel"]>;
export type SdkCall = Parameters<SdkModel["doStream"]>[0];
export type SdkWhole = Awaited<ReturnType<SdkModel["doGenerate"]>>;
export type SdkStream = Awaited<ReturnType<SdkModel["doStream"]>>["stream"];

/** The name under which the library hands on options of ours. */
export const optionsName = "endpoint";

/** The library's model for an endpoint. `apiKey` undefined: calls carry none. */
export async function sdkModel(
  endpoint: Endpoint,
  apiKey: string | undefined,
  fetch: typeof globalThis.fetch,
): Promise<SdkModel> {
  const headers = { ...endpoint.headers };
  const baseURL = endpoint.baseUrl;
  if (endpoint.dialect === "anthropic") {
    const { createAnthropic } = await import("@ai-sdk/anthropic");
    return createAnthropic({ baseURL, apiKey: apiKey ?? "none", headers, fetch })(endpoint.model);
  }
  const { createOpenAICompatible } = await import("@ai-sdk/openai-compatible");
  return createOpenAICompatible({
    name: optionsName,
    baseURL,
    ...(apiKey === undefined ? {} : { apiKey }),
    headers,
    fetch,
    includeUsage: true,
    supportsStructuredOutputs: endpoint.structured === "schema",
    transformRequestBody: (body) => openaiBody(endpoint, body),
  }).chatModel(endpoint.model);
}

function openaiBody(endpoint: Endpoint, body: { readonly [key: string]: unknown }): { [key: string]: unknown } {
  const { max_tokens: most, ...others } = body;
  const limit =
    most === undefined ? {} : { [endpoint.completionTokens ? "max_completion_tokens" : "max_tokens"]: most };
  return { ...others, ...limit };
}
