import { describe, expect, it } from "vitest";
import { outputNote } from "./output-note.js";

const used = { calls: 3, tool_calls: 1, input_tokens: 400, output_tokens: 14, seconds: 0.1 };

describe("outputNote", () => {
  it("sizes: lists are counted, numbers shown, texts not", () => {
    expect(outputNote({ papers: { json: [1, 2] }, quality: { json: 0.8333333 }, text: { json: "secret" } })).toBe(
      "2 papers · quality 0.8333",
    );
  });

  it("agents: what they used up is told, with money where it is known", () => {
    expect(outputNote({ usage: { json: used } })).toBe("3 model calls, 1 tool call, 414 tokens");
    expect(outputNote({ usage: { json: { ...used, tool_calls: 0, cost_usd: 0.0123 } } })).toBe(
      "3 model calls, 414 tokens, $0.0123",
    );
  });

  it("usage of another kind: it is no agent's, and not told", () => {
    expect(outputNote({ usage: { json: { calls: "many" } } })).toBe("");
    expect(outputNote({ usage: { json: null } })).toBe("");
  });
});
