export type DateOrder = "ymd" | "dmy" | "mdy";

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const wholeMonths = [
  "january",
  "february",
  "march",
  "april",
  "may",
  "june",
  "july",
  "august",
  "september",
  "october",
  "november",
  "december",
];

/**
 * `2021`, `2021-07` or `2021-07-15`, with its time if one is there, from usual ways to write dates; undefined: none, or one that
 * can be read in two ways and `order` does not say which. Days that do not exist are none.
 */
export function readDate(text: string, order?: DateOrder): string | undefined {
  const given = text.trim();
  if (given.length > 64 || !/\d{4}/.test(given)) return undefined;
  return isoDate(given) ?? numericDate(given, order) ?? namedDate(given);
}

function isoDate(text: string): string | undefined {
  const found =
    /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)\s*(Z|[+-]\d{2}:?\d{2})?)?)?)?$/i.exec(
      text,
    );
  if (found === null) return undefined;
  const [, year = "", month, day, time, zone = ""] = found;
  const date = dateOf(year, month, day);
  if (date === undefined || time === undefined) return date;
  return Number(time.slice(0, 2)) > 23 || Number(time.slice(3, 5)) > 59
    ? undefined
    : `${date}T${time}${zone.toUpperCase()}`;
}

function numericDate(text: string, order: DateOrder | undefined): string | undefined {
  const yearFirst = /^(\d{4})[/.\s](\d{1,2})[/.\s](\d{1,2})$/.exec(text);
  if (yearFirst !== null) return dateOf(yearFirst[1], yearFirst[2], yearFirst[3]);
  const compact = /^(1[89]|20)(\d{2})(\d{2})(\d{2})$/.exec(text);
  if (compact !== null) return dateOf(`${compact[1]}${compact[2]}`, compact[3], compact[4]);
  const yearLast = /^(\d{1,2})([/.-])(\d{1,2})\2(\d{4})$/.exec(text);
  if (yearLast === null) return undefined;
  const [, a = "", sign = "", b = "", year = ""] = yearLast;
  if (a === b) return dateOf(year, a, b);
  if (order === "dmy" || (order === undefined && (sign === "." || Number(a) > 12))) return dateOf(year, b, a);
  if (order === "mdy" || (order === undefined && Number(b) > 12)) return dateOf(year, a, b);
  return undefined;
}

function namedDate(text: string): string | undefined {
  const words = text.toLowerCase().replace(/^(mon|tues?|wed(nes)?|thu(rs)?|fri|sat(ur)?|sun)(day)?,?\s+/, "");
  const dayFirst = /^(\d{1,2})(?:st|nd|rd|th)?[\s-]+([a-z]{3,9})\.?,?[\s-]+(\d{4})$/.exec(words);
  if (dayFirst !== null) return dateOf(dayFirst[3], monthOf(dayFirst[2]), dayFirst[1]);
  const monthFirst = /^([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})$/.exec(words);
  if (monthFirst !== null) return dateOf(monthFirst[3], monthOf(monthFirst[1]), monthFirst[2]);
  const yearFirst = /^(\d{4})[\s-]([a-z]{3,9})\.?(?:[\s-](\d{1,2}))?$/.exec(words);
  if (yearFirst !== null) return monthOf(yearFirst[2]) && dateOf(yearFirst[1], monthOf(yearFirst[2]), yearFirst[3]);
  const month = /^([a-z]{3,9})\.?,?\s+(\d{4})$/.exec(words);
  return month === null ? undefined : monthOf(month[1]) && dateOf(month[2], monthOf(month[1]), undefined);
}

function monthOf(name: string | undefined): string | undefined {
  const at = Math.max(months.indexOf(name ?? ""), wholeMonths.indexOf(name ?? ""), name === "sept" ? 8 : -1);
  return at === -1 ? undefined : String(at + 1);
}

function dateOf(year: string | undefined, month: string | undefined, day: string | undefined): string | undefined {
  const numbers = [year, month, day].flatMap((part) => (part === undefined ? [] : [Number(part)]));
  const [y = 0, m = 1, d = 1] = numbers;
  if (year === undefined || (month === undefined && day !== undefined) || y < 1) return undefined;
  if (m < 1 || m > 12 || d < 1 || d > daysOf(y, m)) return undefined;
  const padded = [String(y).padStart(4, "0"), String(m).padStart(2, "0"), String(d).padStart(2, "0")];
  return padded.slice(0, numbers.length).join("-");
}

function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}
