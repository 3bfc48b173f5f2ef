import type { PlainDefinition, Zod } from "@nanobrain/engine";

const docs = `What was said so far, oldest first: a list of \`{ role, text, number, at }\`.

It is kept with each turn of a conversation, on disk before the turn begins, and lives as long as the runs do. An agent gets the
newest exchanges that fit \`window\`; older ones are still found by \`nanobrain chat FILE\` with \`/search WORDS\`.

\`\`\`yaml
input_data_units:
  history: { class: ConversationHistoryUnit, config: { window: { exchanges: 10, characters: 8000 } } }
\`\`\`
`;

export const defaultWindow = { exchanges: 20, characters: 24_000 };

const turnSchema = {
  type: "object",
  required: ["role", "text"],
  properties: {
    role: { enum: ["user", "assistant"] },
    text: { type: "string" },
    number: { type: "integer", minimum: 1 },
    at: { type: "string" },
    interrupted: { type: "boolean" },
  },
};

export const conversationHistoryUnit: PlainDefinition = {
  kind: "unit",
  class: "nanobrain.library.units.ConversationHistoryUnit",
  version: "1",
  summary: "What was said so far in a conversation.",
  docs,
  values: { type: "array", items: turnSchema },
  config: (zod) => zod.strictObject({ ...unitKeys(zod), window: windowSchema(zod) }),
};

function windowSchema(zod: Zod) {
  const whole = zod.int().min(1);
  return zod
    .strictObject({
      exchanges: whole.default(defaultWindow.exchanges).describe("Most exchanges (a message and its answer)."),
      characters: whole.default(defaultWindow.characters).describe("Most characters of all of them together."),
    })
    .default(defaultWindow)
    .describe("How much of the conversation an agent is given: the newest exchanges that fit both.");
}

/** The keys that all units share. */
function unitKeys(zod: Zod) {
  return {
    default: zod.json().optional().describe("The turns where nothing sets the unit."),
    optional: zod.boolean().optional().describe("True: the unit may stay unset."),
    role: zod.enum(["input", "parameter", "result", "metric"]).optional().describe("What the unit is for."),
    merge: zod
      .enum(["single", "first", "list", "each", "collect"])
      .optional()
      .describe("How values of several links become one."),
    description: zod.string().optional().describe("For people."),
  };
}
