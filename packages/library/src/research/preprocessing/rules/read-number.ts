export type NumberStyle = {
  /** The sign before the fraction; the other one may group thousands. */
  readonly decimal: "." | ",";
  /** What stands before or behind the number, and what the number is multiplied with then. */
  readonly units: { readonly [unit: string]: number };
};

const grouped = {
  ".": /^[1-9]\d{0,2}(?:[, '_\u00a0\u202f]\d{3})+$/,
  ",": /^[1-9]\d{0,2}(?:[. '_\u00a0\u202f]\d{3})+$/,
};
const maxCharacters = 64;

/** `1,234.5 kg` as a number; undefined: no number, an unknown unit, or digits that would be lost. */
export function readNumber(text: string, { decimal, units }: NumberStyle): number | undefined {
  const given = text.trim().replace(/^[\u2212\u2013]/, "-");
  if (given.length > maxCharacters) return undefined;
  const negative = /^\((.*)\)$/.exec(given);
  if (negative !== null) return negated(readNumber(negative[1] ?? "", { decimal, units }));
  const found =
    /^([+-]?)([^\d\s.,+-]{0,8})\s*([+-]?)(\d[\d,. '_\u00a0\u202f]*|[.,]\d+)(e[+-]?\d{1,3})?\s*([^\d\s].*)?$/i.exec(
      given,
    );
  if (found === null) return undefined;
  const [, sign = "", before = "", inner = "", digits = "", exponent = "", behind = ""] = found;
  if (before !== "" && behind !== "") return undefined;
  const factor = factorOf(before === "" ? behind.trim() : before, units);
  const plain = plainDigits(digits.trim(), decimal);
  if (factor === undefined || plain === undefined || (sign !== "" && inner !== "")) return undefined;
  const number = Number(`${sign}${inner}${plain}${exponent}`);
  const isExact = Number.isFinite(number) && (!Number.isInteger(number) || Number.isSafeInteger(number));
  // What has a unit is measured: 12 digits are enough, and no 0.30000000000000004.
  return !isExact ? undefined : factor === 1 ? number : Number((number * factor).toPrecision(12));
}

const negated = (value: number | undefined): number | undefined => (value === undefined ? undefined : -value);

function factorOf(unit: string, units: NumberStyle["units"]): number | undefined {
  if (unit === "") return 1;
  return Object.hasOwn(units, unit) ? units[unit] : undefined;
}

function plainDigits(digits: string, decimal: "." | ","): string | undefined {
  const at = digits.lastIndexOf(decimal);
  const whole = at === -1 ? digits : digits.slice(0, at);
  const fraction = at === -1 ? "" : digits.slice(at + 1);
  if (!/^\d*$/.test(fraction) || (at !== -1 && fraction === "")) return undefined;
  if (!/^\d*$/.test(whole) && !grouped[decimal].test(whole)) return undefined;
  const bare = whole.replace(/\D/g, "");
  return fraction === "" ? bare : `${bare || "0"}.${fraction}`;
}
