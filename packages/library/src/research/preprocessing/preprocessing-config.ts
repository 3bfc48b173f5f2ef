import type { ConfigProblem, Json, JsonObject, StepPorts, Zod } from "@nanobrain/engine";
import { loadCondition, pathProblems } from "@nanobrain/engine/steps";
import type { z } from "zod";
import type { Deduplication } from "./deduplicate.js";
import type { Normalization } from "./normalize.js";
import type { Outliers } from "./outliers.js";
import type { QualityWeights } from "./quality-score.js";
import { compileRules } from "./rules/compile-rules.js";
import type { Scaling } from "./scale.js";

export type PreprocessingConfig = {
  readonly cleaning_rules: string | readonly Json[];
  readonly normalization: boolean | (Normalization & { readonly scale: { readonly [field: string]: Scaling } });
  readonly deduplication:
    | boolean
    | {
        readonly exact: boolean;
        readonly keys: readonly (string | readonly string[])[];
        readonly near: boolean | { readonly fields?: readonly string[]; readonly threshold: number };
        readonly ignore: readonly string[];
      };
  readonly outliers?: Outliers;
  readonly expected_fields?: readonly string[];
  readonly quality_weights: QualityWeights;
  readonly max_listed: number;
};

export function preprocessingConfig(zod: Zod): z.ZodType {
  const names = zod.array(zod.string().min(1)).min(1);
  return zod.strictObject({
    cleaning_rules: zod
      .union([zod.string().min(1), zod.array(zod.unknown())])
      .default([])
      .describe("Rules in their order: a list, or the path of a YAML file that holds one."),
    normalization: normalizationKey(zod),
    deduplication: deduplicationKey(zod),
    outliers: zod
      .strictObject({
        fields: names.default(["*"]).describe("Names of numeric fields, with `*`."),
        method: zod.enum(["iqr", "mad"]).default("iqr").describe("By quartiles, or by distances from the median."),
        factor: zod.number().positive().optional().describe("How far is too far. Default: 1.5 (iqr), 3.5 (mad)."),
        action: zod.enum(["report", "null", "drop"]).default("report").describe("What becomes of them."),
      })
      .optional()
      .describe("Numbers far from the others of their field."),
    ...qualityKeys(zod),
  });
}

const flag = (zod: Zod, text: string): z.ZodType => zod.boolean().default(true).describe(text);

function normalizationKey(zod: Zod): z.ZodType {
  return zod
    .union([
      zod.boolean(),
      zod.strictObject({
        text: flag(zod, "Unicode in one form (NFC), no spaces at the ends."),
        missing: flag(zod, "Words for nothing, such as N/A, become null."),
        identifiers: flag(zod, "Fields doi, pmid, pmcid, arxiv_id in one spelling."),
        numbers: flag(zod, "Numbers written as text become numbers where nearly all of their field are."),
        dates: flag(zod, "Dates become ISO dates where nearly all of their field are dates."),
        scale: zod
          .record(zod.string(), zod.enum(["min_max", "z_score", "robust"]))
          .default({})
          .describe("Numeric fields on a common scale."),
      }),
    ])
    .default(false)
    .describe("Makes alike what is written in several ways. true: all but `scale`.");
}

function deduplicationKey(zod: Zod): z.ZodType {
  const names = zod.array(zod.string().min(1)).min(1);
  const near = zod.strictObject({
    fields: names
      .optional()
      .describe("Fields whose texts are compared. Default: all texts; then all else must be equal."),
    threshold: zod
      .number()
      .min(0.5)
      .max(1)
      .default(0.9)
      .describe("Share of equal pieces from which texts are nearly equal."),
  });
  return zod
    .union([
      zod.boolean(),
      zod.strictObject({
        exact: flag(zod, "Records that are equal in all fields."),
        keys: zod
          .array(zod.union([zod.string().min(1), names]))
          .default([])
          .describe("Fields, or lists of fields, whose values may occur once."),
        near: zod.union([zod.boolean(), near]).default(true).describe("Records whose texts are nearly equal."),
        ignore: zod.array(zod.string()).default(["id"]).describe("Fields that do not count, such as running numbers."),
      }),
    ])
    .default(false)
    .describe("Keeps one record of each. true: exact, near, and by the fields doi, pmid, pmcid, arxiv_id.");
}

function qualityKeys(zod: Zod) {
  const share = zod.number().min(0).max(1);
  return {
    expected_fields: zod
      .array(zod.string().min(1))
      .min(1)
      .optional()
      .describe("Fields that completeness counts. Default: those that half of the clean records fill in."),
    quality_weights: zod
      .strictObject({
        completeness: share.default(0.35).describe("Filled values of the expected fields."),
        validity: share.default(0.3).describe("Records without a fault."),
        uniqueness: share.default(0.15).describe("Records that are no duplicates."),
        consistency: share.default(0.2).describe("Values of their field's type."),
      })
      .default({ completeness: 0.35, validity: 0.3, uniqueness: 0.15, consistency: 0.2 })
      .describe("What each part weighs in data_quality_score."),
    max_listed: zod
      .number()
      .int()
      .min(0)
      .max(10_000)
      .default(100)
      .describe("Dropped records that the port `dropped` lists; if there are more, all are in its file."),
  };
}

export function preprocessingPorts(): StepPorts {
  return {
    inputs: { raw_data: { description: "What DataCollectionStep gives, a list of records, or a table." } },
    outputs: {
      clean_data: {
        schema: { type: "object" },
        description: "`records`, `data_quality_score`, `counts`, `quality`, `fields`.",
      },
      report: { schema: { type: "object" }, description: "What each rule changed and dropped, with examples." },
      dropped: { schema: { type: "object" }, description: "Every record that is not among the clean ones, and why." },
    },
    openInputs: false,
    openOutputs: false,
  };
}

export async function preprocessingProblems(config: JsonObject): Promise<readonly ConfigProblem[]> {
  const { cleaning_rules } = config as unknown as PreprocessingConfig;
  if (typeof cleaning_rules === "string") return pathProblems(cleaning_rules, ["cleaning_rules"]);
  const { problems } = compileRules(cleaning_rules as Json, await loadCondition());
  return problems.map(({ path, problem }) => ({
    path: ["cleaning_rules", ...path],
    code: "E_CONFIG",
    message: `Cleaning rule ${typeof path[0] === "number" ? path[0] + 1 : ""} cannot be used: ${problem}`,
  }));
}

/** `true` spelt out. */
export function normalizationOf({ normalization }: PreprocessingConfig): Normalization | undefined {
  if (normalization === false) return undefined;
  return normalization === true
    ? { text: true, missing: true, identifiers: true, numbers: true, dates: true }
    : normalization;
}

const identifierKeys = [["doi"], ["pmid"], ["pmcid"], ["arxiv_id"]];

export function deduplicationOf({ deduplication }: PreprocessingConfig): Deduplication | undefined {
  if (deduplication === false) return undefined;
  if (deduplication === true) return { exact: true, keys: identifierKeys, near: { threshold: 0.9 }, ignore: ["id"] };
  const { exact, keys, near, ignore } = deduplication;
  const lists = keys.map((key) => (typeof key === "string" ? [key] : key));
  return { exact, keys: lists, ignore, ...(near === false ? {} : { near: near === true ? { threshold: 0.9 } : near }) };
}
