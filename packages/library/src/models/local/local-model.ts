import type { Model } from "../model.js";
import { localModelName } from "../model-name.js";
export const localModel: Model = {
  name: localModelName,
  answer: async () => ({
    text: "",
    toolCalls: [],
    finish: "stop",
    usage: { inputTokens: 0, outputTokens: 0 },
    model: localModelName,
  }),
};
