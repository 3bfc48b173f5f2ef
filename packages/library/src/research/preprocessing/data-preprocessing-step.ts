import {
  type Json,
  type JsonObject,
  nanobrainError,
  type StepCall,
  type StepContext,
  type StepDefinition,
} from "@nanobrain/engine";
import { fileFingerprint, loadCondition, readStepFile, readYaml } from "@nanobrain/engine/steps";
import { preprocess } from "./preprocess.js";
import {
  type PreprocessingConfig,
  preprocessingConfig,
  preprocessingPorts,
  preprocessingProblems,
} from "./preprocessing-config.js";
import { preprocessingDocs } from "./preprocessing-docs.js";
import { compileRules } from "./rules/compile-rules.js";
import type { Rule } from "./rules/rule.js";
import type { Dropped } from "./trail.js";

const maxRulesBytes = 1024 * 1024;

export const dataPreprocessingStep: StepDefinition = {
  kind: "step",
  class: "nanobrain.library.steps.DataPreprocessingStep",
  version: "1",
  summary: "Cleans, normalizes and deduplicates records by declared rules, and scores their quality.",
  docs: preprocessingDocs,
  config: preprocessingConfig,
  ports: preprocessingPorts,
  effects: false,
  executor: "thread",
  check: preprocessingProblems,
  files: ({ cleaning_rules: file }) =>
    typeof file === "string" ? [{ path: ["cleaning_rules"], file, what: "file of cleaning rules" }] : [],
  fingerprint: async ({ cleaning_rules }, folders) =>
    typeof cleaning_rules === "string"
      ? await fileFingerprint({ "cleaning rules": cleaning_rules }, folders, maxRulesBytes)
      : {},
  run,
};

async function run({ inputs, config, context }: StepCall): Promise<{ readonly [port: string]: Json }> {
  const given = config as unknown as PreprocessingConfig;
  const rules = await rulesOf(given, context);
  const { cleanData, report, dropped } = preprocess(inputs["raw_data"], given, rules, (fraction, note) => {
    context.signal.throwIfAborted();
    context.progress(fraction, note);
  });
  const listed = await list(dropped, given.max_listed, context);
  return { clean_data: cleanData, report, dropped: listed };
}

async function rulesOf({ cleaning_rules }: PreprocessingConfig, context: StepContext): Promise<readonly Rule[]> {
  const file = typeof cleaning_rules === "string" ? cleaning_rules : undefined;
  const { rules, problems } = compileRules(
    file === undefined ? (cleaning_rules as Json) : await rulesFile(file, context),
    await loadCondition(),
  );
  const [first] = problems;
  if (first === undefined) return rules;
  const texts = problems.map(({ path: [at], problem }) =>
    typeof at === "number" ? `rule ${at + 1}: ${problem}` : problem,
  );
  throw nanobrainError("E_CLEAN_RULES", { file: file ?? "the document", problems: texts.join("; ") });
}

async function rulesFile(file: string, context: StepContext): Promise<Json> {
  const text = (await readStepFile(file, maxRulesBytes, context)).toString("utf8");
  const read = readYaml(file, text);
  if ("problem" in read) throw nanobrainError("E_CLEAN_RULES", { file, problems: read.problem });
  return read.value ?? [];
}

/** The first dropped records in place, and all of them in a file if there are more. */
async function list(dropped: readonly Dropped[], most: number, context: StepContext): Promise<JsonObject> {
  const byReason = new Map<string, number>();
  for (const { by } of dropped) byReason.set(by, (byReason.get(by) ?? 0) + 1);
  const listed = {
    count: dropped.length,
    by: Object.fromEntries(byReason),
    records: dropped.slice(0, most) as unknown as Json,
  };
  if (dropped.length <= most) return listed;
  const lines = dropped.map((each) => `${JSON.stringify(each)}\n`).join("");
  return { ...listed, file: await context.keep("dropped.jsonl", Buffer.from(lines), "application/x-ndjson") };
}
