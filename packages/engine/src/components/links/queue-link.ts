import type { PlainDefinition, Zod } from "../../contracts/component.js";
import { linkEnds } from "./link-ends.js";

const docs = `The source's values wait in line, on disk, until a target takes one: each starts the target once, and is done when the
target succeeded. It is the only link of its ports.

- **A full queue** (\`capacity\`) holds the producer back: its \`emit\` waits for room.
- **A failed item** is tried again in its place, \`max_deliveries\` times in all; then it goes to the data unit
  \`NAME.dead_letters\` as \`{item, failure, deliveries}\`, which links may read, and the line goes on.
- **Several targets** share the items: by number in turn (\`round_robin\`), by \`weights\`, to the one with the least under way
  (\`least_loaded\`), or by how fast each one was (\`adaptive\`). The last two depend on timing.
- **Order** holds for each target. With \`key\`, items with the same value of that field are never under way at once.

\`\`\`yaml
links:
  rows:
    class: QueueLink
    config: { source: load.rows, targets: [work.row, spare.row], each: true, capacity: 100, key: id }
  dead:
    class: DirectLink
    config: { source: rows.dead_letters, target: alarm.body }
\`\`\`
`;

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
    weights: zod
      .record(zod.string(), zod.number().positive())
      .optional()
      .describe("By target, for `balance: weighted`: its share; default: 1 each."),
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
  docs,
  config,
};
