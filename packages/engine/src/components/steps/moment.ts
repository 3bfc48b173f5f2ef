import type { Json } from "../../contracts/json.js";

export type Moment = { readonly at: number } | { readonly problem: string };

/** A number below counts seconds, as clocks of other programs do; from here on it counts milliseconds. */
const FIRST_MILLISECONDS = 100_000_000_000;
/** The last moment a Date can name. */
const LAST_MS = 8_640_000_000_000_000;
const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?\s*(Z|[+-]\d\d:?\d\d)?)?$/i;

/** The moment (epoch ms) that a text or number names, or what is wrong with it. */
export function momentOf(said: Json): Moment {
  if (typeof said === "number") return ofNumber(said);
  if (typeof said !== "string") return { problem: "a text such as 2030-01-31T08:00:00Z is expected" };
  const text = said.trim();
  if (/^\d{5,}(\.\d+)?$/.test(text)) return ofNumber(Number(text));
  const [whole, year, month, day, hour, , , zone] = ISO.exec(text) ?? [];
  if (whole === undefined) return { problem: "a moment such as 2030-01-31T08:00:00Z is expected" };
  if (hour !== undefined && zone === undefined)
    return { problem: "its zone is missing: add Z or an offset such as +02:00" };
  const spelled = whole
    .replace(" ", "T")
    .replace(/\s/g, "")
    .replace(",", ".")
    .replace(/([+-]\d\d)(\d\d)$/, "$1:$2");
  const at = hour === undefined ? Date.parse(`${whole}T00:00:00Z`) : Date.parse(spelled.toUpperCase());
  if (Number.isNaN(at) || !isOnCalendar(Number(year), Number(month), Number(day)))
    return { problem: "there is no such day or time" };
  return { at };
}

function ofNumber(count: number): Moment {
  const at = Math.round(Math.abs(count) < FIRST_MILLISECONDS ? count * 1000 : count);
  return Math.abs(at) <= LAST_MS ? { at } : { problem: "it is beyond what a calendar can hold" };
}

/** Date.parse takes 31 February for 3 March. */
function isOnCalendar(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}
