import type { PlainDefinition } from "../../contracts/component.js";
import { unitConfig } from "./unit-config.js";

export const dataUnitMemory: PlainDefinition = {
  kind: "unit",
  class: "nanobrain.core.unit.DataUnitMemory",
  version: "1",
  summary: "Holds a JSON value of the run.",
  config: (zod) => unitConfig(zod, {}),
};
