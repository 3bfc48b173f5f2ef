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
  it("compiles with one warning, a watched unit that nobody declares; its runs say that another executor stands in", async () => {
    const { plan, diagnostics } = await compileText(seedText, {
      definitions,
      functions,
      files: seedFiles,
    });
    expect(diagnostics.map(({ code, severity, line, path }) => ({ code, severity, line, path }))).toEqual([
      {
        code: "W_UNIT_UNDECLARED",
        severity: "warning",
        line: 89,
        path: "triggers.literature_available.config.watch_data_units[0]",
      },
    ]);
    expect(plan?.standIns).toEqual([expect.stringContaining("ParslExecutor")]);
    expect(plan?.workflows[0]?.inputs.map((node) => plan.workflows[0]?.nodes[node]?.name)).toEqual([
      "literature_sources",
    ]);
    expect(plan?.workflows[0]?.outputs.map((node) => plan.workflows[0]?.nodes[node]?.name)).toEqual([
      "report_generation.report",
    ]);
    expect(plan?.warnings).toEqual(diagnostics);
  });

  it("compiles its triggers: literature fires the search on the port that its class marks, a timer reports progress", async () => {
    const { plan } = await compileText(seedText, { definitions, functions, files: seedFiles });
    const [root] = plan?.workflows ?? [];
    expect(root?.triggers.map(({ kind, watch, targets, progress }) => ({ kind, watch, targets, progress }))).toEqual([
      {
        kind: "data_updated",
        watch: [{ node: 0, port: "value" }],
        targets: [{ node: 1, feeds: [{ watch: 0, port: "literature_sources" }] }],
        progress: false,
      },
      { kind: "timer", watch: [], targets: [], progress: true },
    ]);
    expect(root?.triggers[1]?.timer).toEqual({ intervalMs: 300_000, timezone: "UTC", misfire: "once" });
    expect(root?.nodes.map((node) => node.step?.triggered ?? false)).toEqual([false, true, ...Array(5).fill(false)]);
    expect({ restorable: root?.restorable, interval: root?.checkpointIntervalMs }).toEqual({
      restorable: true,
      interval: 300_000,
    });
  });
});
