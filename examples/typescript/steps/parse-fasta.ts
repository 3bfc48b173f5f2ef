import { defineStep } from "@nanobrain/engine";
import { z } from "zod";

export const record = z.object({ name: z.string().min(1), sequence: z.string() });

/** FASTA text to records, in order. Text before the first `>` is an error. */
export const ParseFasta = defineStep({
  class: "ParseFasta",
  version: "1",
  inputs: { text: z.string() },
  outputs: { records: z.array(record) },
  run({ inputs }) {
    const [before = "", ...entries] = inputs.text.split(/^>/m);
    if (before.trim() !== "") throw new TypeError("FASTA text begins with >, this does not");
    const records = entries.map((entry) => {
      const [name = "", ...lines] = entry.split(/\r?\n/);
      return { name: name.trim(), sequence: lines.join("").trim() };
    });
    return Promise.resolve({ records });
  },
});
