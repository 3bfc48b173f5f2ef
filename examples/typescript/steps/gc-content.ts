import { defineStep } from "@nanobrain/engine";
import { z } from "zod";
import { record } from "./parse-fasta.ts";

/** Share of G and C among the bases that are known, 0..1. Refuses what is no DNA. */
export const GcContent = defineStep({
  class: "GcContent",
  version: "1",
  config: z.strictObject({ places: z.number().int().min(0).max(10).default(2) }),
  inputs: { record },
  outputs: { name: z.string(), gc: z.number() },
  run({ inputs, config, log }) {
    const { name, sequence } = inputs.record;
    const wrong = /[^ACGTN]/i.exec(sequence);
    if (wrong !== null) throw new TypeError(`${name} has ${wrong[0]} at position ${wrong.index + 1}: no base`);
    const known = sequence.replace(/N/gi, "");
    if (known.length < sequence.length)
      log("warn", `${name}: ${sequence.length - known.length} unknown bases left out`);
    const gc = known.replace(/[AT]/gi, "").length / Math.max(1, known.length);
    return Promise.resolve({ name, gc: Number(gc.toFixed(config.places)) });
  },
});
