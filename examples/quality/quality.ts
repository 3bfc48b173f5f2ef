import type { FileValue, StepContext } from "@nanobrain/engine";

type Film = {
  readonly Title: string;
  readonly "US Gross": number;
  readonly "Production Budget": number;
  readonly "Major Genre": string;
  readonly "IMDB Rating": number | null;
};
type Genre = {
  readonly genre: string;
  readonly films: number;
  readonly gross: number;
  readonly return: number;
  readonly rating: number;
};
type Invalid = {
  readonly index: number;
  readonly row: { readonly [field: string]: unknown };
  readonly problems: readonly string[];
};

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
const round = (number: number, places: number): number => Math.round(number * 10 ** places) / 10 ** places;

/** Films by genre, most takings first. Takings in millions; `return` is takings per unit of budget; `rating` the mean of 0..10. */
export function byGenre({ rows }: { readonly rows: readonly Film[] }): Genre[] {
  const groups = new Map<string, Film[]>();
  for (const film of rows) groups.set(film["Major Genre"], [...(groups.get(film["Major Genre"]) ?? []), film]);
  const genres = [...groups].map(([genre, films]) => {
    const gross = sum(films.map((film) => film["US Gross"]));
    const ratings = films.flatMap((film) => film["IMDB Rating"] ?? []);
    return {
      genre,
      films: films.length,
      gross: Math.round(gross / 1e6),
      return: round(gross / sum(films.map((film) => film["Production Budget"])), 2),
      rating: ratings.length === 0 ? 0 : round(sum(ratings) / ratings.length, 2),
    };
  });
  return genres.sort((a, b) => b.gross - a.gross);
}

const cell = (value: unknown): string => `"${String(value ?? "").replaceAll('"', '""')}"`;

/** The bad rows as a CSV file: row number in the source (from 1), title, what is wrong. */
export function quarantine(invalid: readonly Invalid[], context: StepContext): Promise<FileValue> {
  const lines = invalid.map(({ index, row, problems }) =>
    [index + 1, row["Title"], problems.join("; ")].map(cell).join(","),
  );
  return context.keep("quarantine.csv", ["row,title,problems", ...lines, ""].join("\n"), "text/csv");
}

const WIDTH = 720;
const BAR = 26;
const LABELS = 170;

const escaped = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

/** A bar chart of takings by genre as SVG. */
export function chart(genres: readonly Genre[]): string {
  const most = Math.max(1, ...genres.map((genre) => genre.gross));
  const bars = genres.map((genre, index) => {
    const y = index * BAR;
    const width = Math.max(1, (genre.gross / most) * (WIDTH - LABELS - 80));
    return (
      `<text x="${LABELS - 8}" y="${y + 17}" text-anchor="end">${escaped(genre.genre)}</text>` +
      `<rect x="${LABELS}" y="${y + 4}" width="${width.toFixed(1)}" height="${BAR - 8}" rx="3"/>` +
      `<text x="${(LABELS + width + 6).toFixed(1)}" y="${y + 17}" class="n">${genre.gross.toLocaleString("en-US")}</text>`
    );
  });
  const height = genres.length * BAR + 4;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Takings by genre">${bars.join("")}</svg>`;
}
