import type { Chart } from "./chart.js";

const mostBins = 40;

/** Values counted in bins of equal, round width. The last bin includes its upper end. */
export function binned(values: readonly number[], said?: number): Pick<Chart, "categories" | "series"> {
  const low = values.reduce((least, one) => Math.min(least, one), Number.POSITIVE_INFINITY);
  const high = values.reduce((most, one) => Math.max(most, one), Number.NEGATIVE_INFINITY);
  const wanted = said ?? Math.min(mostBins, Math.max(4, Math.ceil(Math.log2(values.length) + 1)));
  // Each part of its own: the span of all finite numbers is not finite.
  const span = high / wanted - low / wanted;
  // Closer than their own digits can say, values are as good as one.
  const alike = span <= Math.max(Math.abs(low), Math.abs(high), 1e-290) * 1e-12;
  const width = alike ? 1 : roundWidth(span);
  const first = Math.floor(low / width);
  const count = Math.max(1, Math.min(200, Math.ceil(high / width + 1e-9) - first));
  const counts = new Array<number>(count).fill(0);
  for (const value of values) {
    const at = Math.min(count - 1, Math.max(0, Math.floor(value / width + 1e-9) - first));
    counts[at] = (counts[at] ?? 0) + 1;
  }
  const edge = (at: number): string => String(Number(((first + at) * width).toPrecision(6)));
  return {
    categories: counts.map((_, at) => `${edge(at)}–${edge(at + 1)}`),
    series: [{ name: "Count", points: counts.map((one, at) => [at, one]) }],
  };
}

/** 1, 2, 2.5 or 5 times a power of ten, at least `width`. */
function roundWidth(width: number): number {
  const power = 10 ** Math.floor(Math.log10(width));
  const step = [1, 2, 2.5, 5, 10].find((one) => one * power >= width * 0.999) ?? 10;
  return step * power;
}
