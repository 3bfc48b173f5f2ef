import type { JsonObject, NamedFile } from "@nanobrain/engine";
import type { EndpointConfig, ModelConfig } from "../models/model-config.js";
import { readModelName } from "../models/model-name.js";

/** The scripts that the models of an agent play, as its config names them. */
export function scriptFiles(config: JsonObject): readonly NamedFile[] {
  const { endpoints = [], ...own } = config as unknown as ModelConfig;
  return [scriptOf(own, []), ...endpoints.map((endpoint, at) => scriptOf(endpoint, ["endpoints", at]))].flat();
}

function scriptOf({ model }: EndpointConfig, path: NamedFile["path"]): readonly NamedFile[] {
  const name = model === undefined ? undefined : readModelName(model);
  if (name?.provider !== "scripted") return [];
  return [{ path: [...path, "model"], file: name.model, what: "script file" }];
}
