import type { PlainDefinition } from "../../contracts/component.js";
import { combinedConfig } from "./combined-config.js";

export const anyTrigger: PlainDefinition = {
  kind: "trigger",
  class: "nanobrain.core.trigger.AnyTrigger",
  version: "1",
  summary: "Fires when one of the triggers it names does.",
  config: combinedConfig,
};
