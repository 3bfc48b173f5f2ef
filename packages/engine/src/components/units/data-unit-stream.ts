import type { PlainDefinition } from "../../contracts/component.js";
import { unitConfig } from "./unit-config.js";

export const dataUnitStream: PlainDefinition = {
  kind: "unit",
  class: "nanobrain.core.unit.DataUnitStream",
  version: "1",
  summary: "Holds an ordered sequence of chunks.",
  config: (zod) => unitConfig(zod, {}),
};
