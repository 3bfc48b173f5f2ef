import type { DrawnChart } from "../tree/report-tree.js";
import type { Chart } from "./chart.js";
import { chartOption } from "./chart-option.js";

const width = 640;
const height = 380;

/** Draws a chart as SVG that is the same each time: no ids, classes, styles or scripts. */
export async function drawChart(chart: Chart): Promise<DrawnChart> {
  const { init } = await import("echarts");
  const lines = chart.isLying ? chart.categories.length : chart.rows.length;
  const tall = Math.min(1_200, Math.max(height, 130 + lines * 24));
  const board = init(null, null, { renderer: "svg", ssr: true, width, height: tall });
  try {
    board.setOption(chartOption(chart));
    const svg = cleanSvg(board.renderToSVGString({ useViewBox: true }), chart);
    return { chart, svg, width, height: tall, alt: chartText(chart) };
  } finally {
    board.dispose();
  }
}

/** Takes out what is for screens with a mouse, and what counts up from drawing to drawing. */
function cleanSvg(svg: string, chart: Chart): string {
  const plain = svg
    .replace(/<style\s*>[\s\S]*?<\/style>/g, "")
    .replace(/ (?:class|ecmeta_\w+|pointer-events|xml:space|baseProfile|version|xmlns:xlink)="[^"]*"/g, "")
    .replace(/zr\d+-/g, `${chart.name}-`)
    .replace(/\n+/g, "\n")
    .trim();
  return plain
    .replace("<svg ", '<svg role="img" ')
    .replace(/^(<svg [^>]*>)/, `$1<title>${escapedXml(chart.title)}</title>`);
}

export function escapedXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "")
    .replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}

/** What a chart shows, in words. */
function chartText(chart: Chart): string {
  const shown = chart.series.reduce((sum, one) => sum + one.points.length, 0);
  const kind = {
    bar: "Bar chart",
    line: "Line chart",
    scatter: "Scatter plot",
    histogram: "Histogram",
    heatmap: "Heat map",
    pie: "Pie chart",
  };
  const told =
    chart.series.length === 1 &&
    chart.categories.length > 0 &&
    chart.categories.length <= 12 &&
    chart.rows.length === 0;
  const values = told
    ? (chart.series[0]?.points ?? [])
        .map(([x = 0, y = 0]) => `${chart.categories[x]}: ${Number(y.toPrecision(5))}`)
        .join("; ")
    : `${shown} points`;
  return `${kind[chart.type]}: ${chart.title}. ${chart.xTitle === "" || chart.yTitle === "" ? "" : `${chart.xTitle} against ${chart.yTitle}. `}${values}.`;
}
