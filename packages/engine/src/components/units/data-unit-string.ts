import type { PlainDefinition } from "../../contracts/component.js";
import { unitConfig } from "./unit-config.js";

export const dataUnitString: PlainDefinition = {
  kind: "unit",
  class: "nanobrain.core.unit.DataUnitString",
  version: "1",
  summary: "Holds text.",
  config: (zod) => unitConfig(zod, {}),
};
