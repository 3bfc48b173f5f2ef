import type { PlainDefinition } from "../../contracts/component.js";
import { combinedConfig } from "./combined-config.js";

export const allTrigger: PlainDefinition = {
  kind: "trigger",
  class: "nanobrain.core.trigger.AllTrigger",
  version: "1",
  summary: "Fires when all of the triggers it names have fired.",
  config: combinedConfig,
};
