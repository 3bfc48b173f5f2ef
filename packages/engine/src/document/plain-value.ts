/** What an unquoted YAML 1.2 scalar means. `problem`: a number that cannot be kept exactly. */
export type PlainValue = { readonly value: string | number | boolean | null } | { readonly problem: string };

const decimal = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const integer = /^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$/;

/** Core schema: null, true, false, integers (also 0x and 0o), decimals; `yes`, `no`, `on`, `off` and dates are text. */
export function plainValue(text: string): PlainValue {
  // Most words start like none of the others.
  if (!/^[-+.~0-9nNtTfF]/.test(text) && text !== "") return { value: text };
  if (/^(?:~|null|Null|NULL)?$/.test(text)) return { value: null };
  if (/^(?:true|True|TRUE)$/.test(text)) return { value: true };
  if (/^(?:false|False|FALSE)$/.test(text)) return { value: false };
  if (/^[-+]?\.(?:inf|Inf|INF)$|^\.(?:nan|NaN|NAN)$/.test(text)) return { problem: "is no number that JSON can hold" };
  if (text.length > 1000) return { value: text };
  if (integer.test(text)) return exactInteger(Number(text));
  if (!decimal.test(text)) return { value: text };
  const value = Number(text);
  return Number.isFinite(value) ? { value: value + 0 } : { problem: "is too large for a number" };
}

function exactInteger(value: number): PlainValue {
  if (!Number.isSafeInteger(value)) return { problem: "is an integer beyond 9007199254740991 and would be rounded" };
  return { value: value + 0 };
}
