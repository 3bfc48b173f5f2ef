type Row = {
  readonly country: string;
  readonly year: number;
  readonly fertility: number;
  readonly pop: number;
  readonly life_expect: number;
};
type Series = { readonly country: string; readonly years: readonly Row[] };

/** One series per country, in order of the first row, years ascending. */
export function byCountry(rows: readonly Row[]): Series[] {
  const found = new Map<string, Row[]>();
  for (const row of rows) found.set(row.country, [...(found.get(row.country) ?? []), row]);
  return [...found].map(([country, years]) => ({ country, years: [...years].sort((a, b) => a.year - b.year) }));
}

function ends(series: Series): { first: Row; last: Row } {
  const first = series.years[0];
  const last = series.years.at(-1);
  if (first === undefined || last === undefined) throw new RangeError(`${series.country} has no years`);
  return { first, last };
}

/** Population at the end of the series per one at its start. Refuses series with a catastrophe in them: a trend would mislead. */
export function growth(series: Series): number {
  const { first, last } = ends(series);
  series.years.forEach((row, index) => {
    const lost = (series.years[index - 1]?.life_expect ?? 0) - row.life_expect;
    if (lost > 20)
      throw new RangeError(`${series.country} loses ${lost.toFixed(1)} years of life expectancy by ${row.year}`);
  });
  return Math.round((last.pop / first.pop) * 1000) / 1000;
}

/** Change of children per woman from the first year to the last. */
export function fertility(series: Series): number {
  const { first, last } = ends(series);
  return Math.round((last.fertility - first.fertility) * 100) / 100;
}

export function putTogether(found: { series: Series; growth: number; fertility: number }): object {
  return { country: found.series.country, growth: found.growth, fertility_change: found.fertility };
}
