import type { PlainDefinition } from "../../contracts/component.js";
import { linkEnds } from "./link-ends.js";

export const directLink: PlainDefinition = {
  kind: "link",
  class: "nanobrain.core.link.DirectLink",
  version: "1",
  summary: "Passes the value on as it is.",
  docs: "In short: `inputs: { port: { from: step.port } }` at the target step.",
  config: (zod) => zod.strictObject(linkEnds(zod)),
};
