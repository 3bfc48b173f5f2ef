import type { EChartsOption } from "echarts";
import type { Chart } from "./chart.js";

/** Colours that people with any kind of colour blindness tell apart (Okabe and Ito), on white. */
const palette = ["#0072b2", "#e69f00", "#009e73", "#d55e00", "#56b4e9", "#cc79a7", "#000000", "#b8a900"];
const ink = "#1d2733";
const fontFamily = "Roboto, DejaVu Sans, sans-serif";

export function chartOption(chart: Chart): EChartsOption {
  const base: EChartsOption = {
    animation: false,
    color: palette,
    backgroundColor: "#ffffff",
    textStyle: { fontFamily, color: ink },
    title: {
      text: chart.title,
      left: "center",
      top: 10,
      textStyle: { fontSize: 16, fontWeight: "bold", color: ink, width: 600, overflow: "truncate" },
    },
  };
  if (chart.type === "pie") return { ...base, ...pie(chart) };
  const legend =
    chart.series.length > 1 ? { legend: { bottom: 4, type: "plain" as const, textStyle: { color: ink } } } : {};
  const grid = { left: 24, right: 28, top: 72, bottom: chart.series.length > 1 ? 68 : 42, containLabel: true };
  if (chart.type === "heatmap") return { ...base, ...heatmap(chart) };
  return { ...base, ...legend, grid, ...axes(chart), series: series(chart) };
}

/** The name of the upright axis stands level above it: turned letters are hard to read, and not every format turns them well. */
function axes(chart: Chart): EChartsOption {
  const nameTextStyle = { color: ink, fontSize: 13 };
  const below = (name: string) => ({ name, nameLocation: "middle" as const, nameGap: 32, nameTextStyle });
  const above = (name: string) => ({
    name,
    nameLocation: "end" as const,
    nameGap: 12,
    nameTextStyle: { ...nameTextStyle, align: "left" as const, padding: [0, 0, 0, -30] },
  });
  const axisLabel = { color: ink, hideOverlap: true };
  const whole = chart.series.every((one) => one.points.every((point) => Number.isInteger(point[1])));
  const numbers = {
    type: "value" as const,
    scale: chart.type === "scatter",
    axisLabel,
    ...(whole ? { minInterval: 1 } : {}),
  };
  const names = { type: "category" as const, data: [...chart.categories], axisLabel };
  if (chart.isLying) {
    const lines = { ...names, inverse: true, axisLabel: { color: ink, width: 220, overflow: "truncate" as const } };
    return { xAxis: { ...numbers, ...below(chart.yTitle) }, yAxis: lines };
  }
  const x = chart.categories.length > 0 ? names : { type: "value" as const, scale: true, axisLabel };
  return { xAxis: { ...x, ...below(chart.xTitle) }, yAxis: { ...numbers, ...above(chart.yTitle) } };
}

function series(chart: Chart): NonNullable<EChartsOption["series"]> {
  return chart.series.map((one) => {
    const points = one.points.map(([x = 0, y = 0]) => (chart.isLying ? [y, x] : [x, y]));
    if (chart.type === "line") return { type: "line" as const, name: one.name, data: points, symbolSize: 5 };
    if (chart.type === "scatter")
      return { type: "scatter" as const, name: one.name, data: points, symbolSize: 6, itemStyle: { opacity: 0.7 } };
    const barCategoryGap = chart.type === "histogram" ? "4%" : "30%";
    return { type: "bar" as const, name: one.name, data: points, barCategoryGap };
  });
}

function pie(chart: Chart): EChartsOption {
  const data = (chart.series[0]?.points ?? []).map(([x = 0, y = 0]) => ({ name: chart.categories[x] ?? "", value: y }));
  const label = { formatter: "{b}: {d}%", color: ink };
  return { series: [{ type: "pie", radius: "62%", center: ["50%", "56%"], data, label, animation: false }] };
}

function heatmap(chart: Chart): EChartsOption {
  const points = chart.series[0]?.points ?? [];
  const values = points.map(([, , value = 0]) => value);
  const names = (name: string, data: readonly string[], gap: number) => ({
    type: "category" as const,
    data: [...data],
    name,
    nameLocation: "middle" as const,
    nameGap: gap,
    axisLabel: { color: ink, width: 150, overflow: "truncate" as const },
  });
  return {
    grid: { left: 30, right: 100, top: 52, bottom: 42, containLabel: true },
    xAxis: names(chart.xTitle, chart.categories, 32),
    yAxis: names("", chart.rows, 0),
    visualMap: {
      min: Math.min(...values),
      max: Math.max(...values),
      calculable: false,
      orient: "vertical",
      right: 8,
      top: "middle",
      text: [chart.series[0]?.name ?? "", ""],
      textStyle: { color: ink },
      inRange: { color: ["#f3f7fb", "#56b4e9", "#0072b2", "#00304d"] },
    },
    series: [
      { type: "heatmap", data: points.map((one) => [...one]), itemStyle: { borderColor: "#ffffff", borderWidth: 1 } },
    ],
  };
}
