import { nanobrainError } from "@nanobrain/engine";
import { balancedModel, type Member } from "./balance/balanced-model.js";
import { newState, sharedState } from "./balance/endpoint-state.js";
import type { Model } from "./model.js";
import { type EndpointConfig, endpointsOf, type ModelConfig, modelNameOf } from "./model-config.js";
import { localModelName, readModelName } from "./model-name.js";

/**
 * The model that a config names, with its endpoints. Nothing is loaded or called before it is asked. What is learned of endpoints (limits,
 * failures, speed) is shared by all models of the process.
 */
export function openModel(config: ModelConfig): Model {
  const members = endpointsOf(config).map((endpoint) => memberOf(endpoint));
  const model = balancedModel(members, config.balance ?? "round_robin");
  const { temperature, max_output_tokens: maxOutputTokens, seed } = config;
  return {
    name: model.name,
    answer: (request, around) =>
      model.answer(
        {
          ...(temperature === undefined ? {} : { temperature }),
          ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
          ...(seed === undefined ? {} : { seed }),
          ...request,
        },
        around,
      ),
  };
}

function memberOf(endpoint: ModelConfig): Member {
  const model = single(endpoint);
  const isOurs = /^(local|scripted)\//.test(model.name);
  return {
    model,
    state: isOurs ? newState() : sharedState(stateKey(model.name, endpoint)),
    weight: endpoint.weight ?? 1,
    mostAtOnce: endpoint.max_concurrency ?? Number.POSITIVE_INFINITY,
  };
}

const stateKey = (name: string, { base_url = "", api_key = "" }: EndpointConfig): string =>
  JSON.stringify([name, base_url, api_key]);

/** The model of one endpoint; its code is loaded when it is asked. */
function single(config: ModelConfig): Model {
  const text = modelNameOf(config);
  const name = readModelName(text);
  if (name === undefined) throw unknown(text, "models are named provider/model");
  if (name.provider === "local" && text !== localModelName)
    throw unknown(text, `the only local model is ${localModelName}`);
  return lazily(`${name.provider}/${name.model}`, async () => {
    if (name.provider === "local") return (await import("./local/local-model.js")).localModel;
    if (name.provider === "scripted")
      return (await import("./scripted/scripted-file-model.js")).scriptedFileModel(name.model);
    const [{ endpointOf }, { remoteModel }] = await Promise.all([
      import("./remote/endpoint.js"),
      import("./remote/remote-model.js"),
    ]);
    return remoteModel(endpointOf(name, config));
  });
}

function lazily(name: string, load: () => Promise<Model>): Model {
  let model: Promise<Model> | undefined;
  return {
    name,
    async answer(request, around) {
      model ??= load();
      return (await model).answer(request, around);
    },
  };
}

function unknown(model: string, what: string): Error {
  return nanobrainError(
    "E_MODEL_UNKNOWN",
    { model, what },
    { hint: "Write model: provider/model, or set NANOBRAIN_MODEL so." },
  );
}
