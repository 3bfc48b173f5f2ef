import { describe, expect, it } from "vitest";
import type { StepDefinition } from "../contracts/component.js";
import { compileText, standInStep } from "../testing/compile-text.js";
import { seedFiles, seedText } from "../testing/seed-document.js";

const step = (name: string, inputs: Parameters<typeof standInStep>[1], outputs: readonly string[]): StepDefinition =>
  standInStep(`nanobrain.library.steps.${name}`, inputs, Object.fromEntries(outputs.map((port) => [port, {}])));

const definitions = [
  step("LiteratureSearchStep", { literature_sources: { trigger: true } }, ["search_results"]),
  step("DataCollectionStep", { input_sources: {} }, ["collected_data"]),
  step("DataPreprocessingStep", { raw_data: {} }, ["clean_data"]),
  step("AgentStep", { input_data: {} }, ["analysis_results"]),
  step("ReportGenerationStep", { analysis_input: {} }, ["report"]),
];
const functions = { extract_data_sources: () => null, format_for_report: () => null };

describe("the research workflow, word for word", () => {
  it("compiles with one warning: a watched unit that nobody declares", async () => {
    const { plan, diagnostics } = await compileText(seedText, {
      definitions,
      functions,
      files: seedFiles,
      allowLater: true,
    });
    expect(diagnostics.map(({ code, severity, line, path }) => ({ code, severity, line, path }))).toEqual([
      {
        code: "W_UNIT_UNDECLARED",
        severity: "warning",
        line: 89,
        path: "triggers.literature_available.config.watch_data_units[0]",
      },
    ]);
    expect(plan?.workflows[0]?.inputs.map((node) => plan.workflows[0]?.nodes[node]?.name)).toEqual([
      "literature_sources",
    ]);
    expect(plan?.workflows[0]?.outputs.map((node) => plan.workflows[0]?.nodes[node]?.name)).toEqual([
      "report_generation.report",
    ]);
    expect(plan?.warnings).toEqual(diagnostics);
  });

  it("does not run yet: event-driven, triggers and rollback are named as later", async () => {
    const { plan, diagnostics } = await compileText(seedText, { definitions, functions, files: seedFiles });
    expect(plan).toBeUndefined();
    const later = diagnostics.filter((one) => one.code === "E_LATER").map((one) => one.path);
    expect(later).toEqual([
      "execution_strategy",
      "triggers.literature_available.class",
      "triggers.progress_monitor.class",
      "error_handling_config.rollback_on_failure",
    ]);
    expect(diagnostics.filter((one) => one.code !== "E_LATER").map((one) => one.code)).toEqual([
      "W_UNIT_UNDECLARED",
      "W_EXECUTOR",
    ]);
  });
});
