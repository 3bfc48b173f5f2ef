import type { PlainDefinition } from "../../contracts/component.js";

export const workflow: PlainDefinition = {
  kind: "workflow",
  class: "nanobrain.core.workflow.Workflow",
  version: "1",
  summary: "A document as a step: its input units are the input ports, its output units the output ports.",
  docs: "`config` is the path of a document, or a document in place.",
  config: (zod) => zod.looseObject({}),
};
