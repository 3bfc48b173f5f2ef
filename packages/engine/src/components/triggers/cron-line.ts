type Field = {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** Words for the numbers from `least` on. */
  readonly words: readonly string[];
};

const days = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

const second: Field = { name: "second", least: 0, most: 59, words: [] };
const fields: readonly Field[] = [
  { name: "minute", least: 0, most: 59, words: [] },
  { name: "hour", least: 0, most: 23, words: [] },
  { name: "day of the month", least: 1, most: 31, words: [] },
  { name: "month", least: 1, most: 12, words: months },
  { name: "day of the week", least: 0, most: 7, words: days },
];

/** What is wrong with a cron line of five fields, or of six with seconds in front; undefined: nothing. */
export function cronProblem(line: string): string | undefined {
  const texts = line.trim().split(/\s+/);
  if (texts.length < 5 || texts.length > 6) return `a cron line has 5 or 6 fields, here are ${texts.length}`;
  const expected = texts.length === 6 ? [second, ...fields] : fields;
  for (const [index, field] of expected.entries()) {
    for (const part of (texts[index] ?? "").split(",")) {
      const problem = partProblem(part, field);
      if (problem !== undefined) return problem;
    }
  }
  return undefined;
}

/** `*`, `5`, `MON`, `1-5`, each with `/2` or not; what days have besides is left to `isDayWord`. */
function partProblem(part: string, field: Field): string | undefined {
  const { name, least, most } = field;
  const [, range = "", step] = /^([^/]*)(?:\/(\d+))?$/.exec(part) ?? [];
  if (range === "") return `"${part}" is no ${name} of a cron line`;
  if (step !== undefined && (Number(step) < 1 || Number(step) > most))
    return `the step of ${name} "${part}" must be 1 to ${most}`;
  if (range === "*" || isDayWord(range, field)) return undefined;
  const ends = range.split("-").map((end) => numberOf(end, field));
  const [from = Number.NaN, to = from] = ends;
  if (ends.length > 2 || Number.isNaN(from) || Number.isNaN(to)) return `"${part}" is no ${name} of a cron line`;
  if (from < least || from > most || to < least || to > most)
    return `${name} "${part}" is out of range: ${least} to ${most} is expected`;
  return from > to ? `${name} "${part}" ends before it starts` : undefined;
}

function numberOf(text: string, { least, words }: Field): number {
  const index = words.indexOf(text.toUpperCase());
  if (index >= 0) return least + index;
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}

/** `?`; `L`, `LW`, `15W` of months; `5L` (the last Friday) and `5#3` (the third) of weeks. */
function isDayWord(text: string, field: Field): boolean {
  if (!field.name.startsWith("day")) return false;
  if (text === "?" || text === "L") return true;
  const [, day = "", mark] =
    (field.words.length === 0 ? /^(\d+|L)(W)$/i.exec(text) : /^(\w+?)(L|#[1-5])$/i.exec(text)) ?? [];
  if (mark === undefined) return false;
  const number = numberOf(day, field);
  return day.toUpperCase() === "L" || (number >= field.least && number <= field.most);
}
