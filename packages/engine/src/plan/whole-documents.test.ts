import { describe, expect, it } from "vitest";
import { compileText, standInStep } from "../testing/compile-text.js";
import { intakeText, reviewText } from "../testing/whole-documents.js";

const ports = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, {}]));
const library = (name: string, inputs: readonly string[], outputs: readonly string[]) =>
  standInStep(`nanobrain.library.steps.${name}`, ports(...inputs), ports(...outputs));

const definitions = [
  library("LiteratureSearchStep", ["query", "limit"], ["search_results"]),
  library("CachedSearchStep", ["query", "limit"], ["search_results"]),
  library("AgentStep", ["paper"], ["notes"]),
];

const child = (input: string, outputs: readonly string[]) =>
  [
    "name: child",
    `input_data_units:\n  ${input}: { class: DataUnitMemory }`,
    "  draft: { class: DataUnitString, optional: true }",
    "output_data_units:",
    ...outputs.map((name) => `  ${name}: { class: DataUnitMemory }`),
    `steps:\n  work: { class: FunctionStep, config: { function: f }, inputs: { it: { from: ${input} } } }`,
    "links:",
    ...outputs.map((name) => `  ${name}: { class: DirectLink, config: { source: work.${name}, target: ${name} } }`),
  ].join("\n");

const functions = { f: () => null, to_papers: () => null, summarize: () => null };
const files = {
  "base.yml": "description: a base\n",
  "review.ts": "",
  "config/reader.yml": "model: sample\n",
  "schemas/notes.json": "{}",
  "workflows/improve.yml": child("notes", ["result", "draft", "score"]),
  "workflows/one-file.yml": child("row", ["result"]),
};
const both = { definitions, functions, files, environment: { HOOK_URL: "https://example.org/hook" } };

describe("documents with every key", () => {
  it("review: checked without a fault; its output that nothing feeds is a warning", async () => {
    const { plan, diagnostics } = await compileText(reviewText, both);
    expect(diagnostics.map((one) => `${one.code} ${one.path}`)).toEqual(["W_CONFLICT output_data_units.report"]);
    expect(plan?.workflows.map((workflow) => workflow.name)).toEqual(["review", "child"]);
  });

  it("intake: triggers, queues and dead letters are checked without a fault", async () => {
    const { plan, diagnostics } = await compileText(intakeText, both);
    expect(diagnostics).toEqual([]);
    expect(plan?.workflows[0]?.links.slice(0, 3).map((link) => [link.name, link.kind])).toEqual([
      ["rows[0]", "queue"],
      ["rows[1]", "queue"],
      ["dead", "direct"],
    ]);
  });

  it("intake: wrong names and times in triggers are found", async () => {
    const wrong = intakeText
      .replace("step_targets: [alarm]", "step_targets: [alram]")
      .replace("[work.result]", "[work.reslt]")
      .replace('cron: "0 * * * *"', 'cron: "0 * * *"')
      .replace("timezone: UTC", "timezone: Mars")
      .replace("> 0.1", ">> 0.1");
    const { diagnostics } = await compileText(wrong, both);
    expect(diagnostics.map((one) => one.code).sort()).toEqual([
      "E_EXPR_SYNTAX",
      "E_PORT",
      "E_REF",
      "E_SCHEDULE",
      "E_SCHEDULE",
    ]);
  });
});
