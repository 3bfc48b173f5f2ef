import type { Template } from "./template.js";

const document = `# yaml-language-server: $schema=.nanobrain/schema.json
name: words
description: Counts the words of texts, each text by itself
input_data_units:
  texts:
    class: DataUnitMemory
    schema: { type: array, items: { type: string } }
    default: ["to be or not to be", "that is the question"]
output_data_units:
  total: { class: DataUnitMemory }
steps:
  count:
    class: ./steps/count-words.ts#CountWords
    for_each: { over: texts, as: text, concurrency: 2 }
    inputs: { texts: { from: texts } }
  sum:
    class: FunctionStep
    config: { function: ./steps/count-words.ts#addUp }
    inputs: { counts: { from: count.words } }
links:
  done: { class: DirectLink, config: { source: sum.output, target: total } }
`;

const code = `import { defineStep } from "@nanobrain/engine";
import { z } from "zod";

/** A step of your own: its schemas are its ports. No build step is needed. */
export const CountWords = defineStep({
  class: "CountWords",
  version: "1",
  inputs: { text: z.string() },
  outputs: { words: z.number().int() },
  run({ inputs, log }) {
    const words = inputs.text.split(/\\s+/).filter((word) => word !== "").length;
    log("info", \`\${words} words\`);
    return { words };
  },
});

/** A function's value is its step's input. */
export function addUp(counts: number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
`;

export const typescript: Template = {
  summary: "A step and a function in TypeScript, mapped over a list.",
  files: { "words.yml": document, "steps/count-words.ts": code },
  run: ["words.yml"],
};
