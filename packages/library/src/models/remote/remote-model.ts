import { failureIn } from "../failure-in.js";
import type { Model, ModelAnswer, ModelRequest, ModelSurroundings } from "../model.js";
import { keyFault } from "./answer-faults.js";
import type { Endpoint } from "./endpoint.js";
import { modelFetch } from "./model-fetch.js";
import { streamedAnswer, unreadable, wholeAnswer } from "./sdk-answer.js";
import { sdkCall } from "./sdk-call.js";
import { sdkModel } from "./sdk-model.js";

/** A model behind HTTP. One call is one request: whoever calls decides about another. */
export function remoteModel(endpoint: Endpoint): Model {
  return {
    name: endpoint.name,
    async answer(request, around) {
      const key = keyOf(endpoint, around);
      const known = key === undefined ? endpoint : { ...endpoint, apiKey: key };
      try {
        return await asked(known, key, request, around);
      } catch (error) {
        if (around.signal.aborted) throw around.signal.reason;
        throw faultOf(known, error);
      }
    },
  };
}

async function asked(
  endpoint: Endpoint,
  key: string | undefined,
  request: ModelRequest,
  around: ModelSurroundings,
): Promise<ModelAnswer> {
  const now = around.now ?? Date.now;
  const model = await sdkModel(endpoint, key, modelFetch(endpoint, around, now));
  const call = sdkCall(endpoint, request, around.signal);
  const say = (text: string): void => around.onText?.(text);
  if (endpoint.streaming) return streamedAnswer(endpoint, (await model.doStream(call)).stream, say, now);
  const answer = wholeAnswer(endpoint, await model.doGenerate(call));
  if (answer.text !== "") say(answer.text);
  return answer;
}

/** The key of the document, or the provider's usual secret. Throws E_MODEL_KEY where one is needed. */
function keyOf(endpoint: Endpoint, around: ModelSurroundings): string | undefined {
  const { apiKey, keyName } = endpoint;
  const key = apiKey ?? (keyName === undefined ? undefined : around.secrets[keyName]);
  if (key === undefined && keyName !== undefined) throw keyFault(endpoint, `${keyName} is not set`);
  return key;
}

/** The library's own errors are about answers that it cannot read, and quote them at length; those of ours pass through it. */
function faultOf(endpoint: Endpoint, error: unknown): unknown {
  for (let one = error; one instanceof Error; one = one.cause) {
    const failure = failureIn(one);
    if (failure !== undefined) return failure;
  }
  return unreadable(endpoint, error);
}
