import type { PlainDefinition, Zod } from "../../contracts/component.js";
import { linkEnds } from "./link-ends.js";

function config(zod: Zod) {
  const { target, ...ends } = linkEnds(zod);
  const shape = zod.strictObject({
    ...ends,
    target: target.optional(),
    targets: zod.array(zod.string().min(1)).min(1).optional().describe("Several targets that share the items."),
    each: zod.boolean().default(false).describe("The items of a list travel one by one."),
    capacity: zod.int().min(1).default(100).describe("Items that fit; a full queue holds the producer back."),
    balance: zod
      .enum(["round_robin", "least_loaded", "weighted", "adaptive"])
      .default("round_robin")
      .describe("How targets share the items."),
    key: zod.string().min(1).optional().describe("Field whose equal values keep their order."),
    max_deliveries: zod.int().min(1).default(3).describe("Tries of one item before it goes to the dead letters."),
  });
  return shape.superRefine((value, context) => {
    if ((value.target === undefined) !== (value.targets === undefined)) return;
    const both = value.target !== undefined;
    context.addIssue({
      code: "custom",
      path: both ? ["targets"] : [],
      message: both ? "target and targets exclude each other" : "a QueueLink needs target or targets",
      params: { code: both ? "E_CONFLICT" : "E_MISSING" },
    });
  });
}

export const queueLink: PlainDefinition = {
  kind: "link",
  class: "nanobrain.core.link.QueueLink",
  version: "1",
  summary: "A durable queue between a producer and one or more consumers.",
  later: "QueueLink is not there yet in this version",
  config,
};
