import { type JsonObject, NanobrainError } from "@nanobrain/engine";
import type { ReportConfig } from "../report-config.js";
import type { DrawnChart } from "../tree/report-tree.js";
import type { ChartSpec } from "./chart-spec.js";
import { defaultCharts } from "./default-charts.js";
import { drawChart } from "./draw-chart.js";
import { makeChart } from "./make-chart.js";

/** The report's charts. One that was asked for and cannot be drawn fails; of those chosen from the data it is left out. */
export async function chartsOf(
  config: ReportConfig,
  variables: JsonObject,
): Promise<{ readonly charts: readonly DrawnChart[]; readonly warnings: readonly string[] }> {
  if (!config.include_visualizations) return { charts: [], warnings: [] };
  const isAsked = config.charts !== undefined;
  const charts: DrawnChart[] = [];
  for (const [position, spec] of (config.charts ?? defaultCharts(variables)).entries()) {
    const drawn = await drawn1(spec, variables, position, isAsked);
    if (drawn !== undefined && charts.every((one) => one.chart.name !== drawn.chart.name)) charts.push(drawn);
  }
  return { charts, warnings: [] };
}

async function drawn1(
  spec: ChartSpec,
  variables: JsonObject,
  position: number,
  isAsked: boolean,
): Promise<DrawnChart | undefined> {
  try {
    return await drawChart(makeChart(spec, variables, position));
  } catch (error) {
    if (!isAsked && error instanceof NanobrainError && error.code === "E_REPORT_CHART") return undefined;
    throw error;
  }
}
