import type { JsonSchema } from "../contracts/json.js";
import { type CompileTextOptions, compileText, standInStep } from "./compile-text.js";

const paper: JsonSchema = {
  type: "object",
  properties: { title: { type: "string" }, year: { type: "integer" }, kind: { enum: ["a", "b"] } },
  required: ["title"],
  additionalProperties: false,
};

/** Classes with ports and configs to go wrong in. */
export const labSteps = [
  standInStep("lab.Open", "open", "open"),
  standInStep(
    "lab.Search",
    { topic: { optional: true } },
    {
      paper: { schema: paper },
      papers: { schema: { type: "array", items: paper } },
      count: { schema: { type: "integer" } },
    },
  ),
  standInStep(
    "lab.Read",
    { papers: { schema: { type: "array", items: paper } } },
    { notes: { schema: { type: "string" } } },
  ),
  standInStep("lab.ReadOne", { paper: { schema: paper } }, { note: { schema: { type: "string" } } }),
  standInStep("lab.Count", { numbers: { schema: { type: "array", items: { type: "number" } } } }, { sum: {} }),
  standInStep(
    "lab.Strict",
    {},
    {},
    {
      config: (zod) =>
        zod.strictObject({
          max_results: zod.int().min(1).max(100).default(10),
          engine: zod.enum(["pubmed", "arxiv"]).optional(),
          nested: zod
            .strictObject({ depth: zod.number(), list: zod.array(zod.strictObject({ id: zod.string() })).optional() })
            .optional(),
          needed: zod.string(),
        }),
    },
  ),
];

/** Diagnostics of a document that begins with its name on line 1. */
export async function checkLab(text: string, options: CompileTextOptions = {}) {
  return (await compileText(`name: bad\n${text}`, { definitions: labSteps, ...options })).diagnostics;
}

/** The same as `CODE line`. */
export async function briefLab(text: string, options: CompileTextOptions = {}): Promise<readonly string[]> {
  return (await checkLab(text, options)).map((one) => `${one.code} ${one.line}`);
}

export function directLink(source: string, target: string): string {
  return `{ class: DirectLink, config: { source: ${source}, target: ${target} } }`;
}
