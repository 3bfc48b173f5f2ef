export type ChartType = "bar" | "line" | "scatter" | "histogram" | "heatmap" | "pie";

/** A chart with its numbers: nothing of it refers to data elsewhere. */
export type Chart = {
  readonly name: string;
  readonly type: ChartType;
  readonly title: string;
  readonly xTitle: string;
  readonly yTitle: string;
  /** Of categories: bars lie on their side, names to the left. */
  readonly isLying: boolean;
  /** Names along the x axis; of a heatmap those of its columns. Empty: x is a number. */
  readonly categories: readonly string[];
  /** Of a heatmap: names of its rows. */
  readonly rows: readonly string[];
  readonly series: readonly ChartSeries[];
};

/** `points`: [x, y]; with categories x is a position among them. Of a heatmap: [column, row, value]. */
export type ChartSeries = { readonly name: string; readonly points: readonly (readonly number[])[] };
