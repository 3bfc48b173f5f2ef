import type { PlainDefinition } from "../../contracts/component.js";
import { unitConfig } from "./unit-config.js";

export const dataUnitFile: PlainDefinition = {
  kind: "unit",
  class: "nanobrain.core.unit.DataUnitFile",
  version: "1",
  summary: "Holds a file or a value that is kept as a file at its path.",
  config: (zod) =>
    unitConfig(zod, {
      path: zod.string().min(1).optional().describe("Where the file lies or is written, relative to the document."),
    }),
};
