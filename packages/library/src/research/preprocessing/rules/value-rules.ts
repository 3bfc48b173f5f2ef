import type { Json, JsonObject } from "@nanobrain/engine";
import { linearPattern } from "@nanobrain/engine/steps";
import { changeFields, type FieldGlob } from "./field-glob.js";
import { collapseWhitespace, fixMojibake, stripHtml } from "./mend-text.js";
import { readDate } from "./read-date.js";
import { readNumber } from "./read-number.js";
import { drop, type RuleNotes, type RuleOutcome } from "./rule.js";
import type { RuleOptions } from "./rule-options.js";

export type Apply = (record: JsonObject, notes: RuleNotes) => RuleOutcome;
/** Reads a rule's options and gives what it does. */
export type RuleKind = {
  readonly options: readonly string[];
  /** True: it looks at whole records, and takes no `fields`. */
  readonly isWhole?: boolean;
  make(options: RuleOptions): Apply;
};

/** What one value becomes; a problem is noted, and then `on_error` decides. */
type Made = { readonly value: Json } | { readonly problem: string };

/** What becomes of a value that a rule cannot read. */
const onErrors = ["keep", "null", "drop"] as const;

function eachValue(
  globs: readonly FieldGlob[],
  onError: (typeof onErrors)[number],
  make: (value: Json) => Made | undefined,
): Apply {
  return (record, notes) => {
    let refusal: string | undefined;
    const after = changeFields(record, globs, (value, path) => {
      const made = make(value);
      if (made === undefined) return value;
      if ("value" in made) {
        if (made.value !== value) notes.changed(path(), value, made.value);
        return made.value;
      }
      notes.issue(path(), value, made.problem);
      if (onError === "drop") refusal ??= `${path()}: ${made.problem}`;
      if (onError !== "null") return value;
      notes.changed(path(), value, null);
      return null;
    });
    return refusal === undefined ? after : drop(refusal);
  };
}

function textRule(mend: (text: string) => string): RuleKind {
  return {
    options: [],
    make: (options) =>
      eachValue(options.globs(), "keep", (value) => (typeof value === "string" ? { value: mend(value) } : undefined)),
  };
}

const parseNumber: RuleKind = {
  options: ["decimal", "units", "on_error"],
  make: (options) => {
    const units = options.map("units");
    for (const [unit, factor] of Object.entries(units))
      if (typeof factor !== "number" || factor === 0) options.fault(`unit ${unit} needs a number`, "units");
    const style = {
      decimal: options.choice("decimal", [".", ","], "."),
      units: units as { readonly [unit: string]: number },
    };
    return eachValue(options.globs(), options.choice("on_error", onErrors, "keep"), (value) => {
      if (typeof value !== "string" || value.trim() === "") return undefined;
      const number = readNumber(value, style);
      return number === undefined ? { problem: "no number that can be read" } : { value: number };
    });
  },
};

const parseDate: RuleKind = {
  options: ["order", "on_error"],
  make: (options) => {
    const order =
      options.given["order"] === undefined ? undefined : options.choice("order", ["ymd", "dmy", "mdy"], "ymd");
    return eachValue(options.globs(), options.choice("on_error", onErrors, "keep"), (value) => {
      if (typeof value !== "string" || value.trim() === "") return undefined;
      const date = readDate(value, order);
      return date === undefined ? { problem: "no date that can be read in one way only" } : { value: date };
    });
  },
};

/** What a value that is no text may be written as. */
const plainWord = /^(true|false|null|-?\d.*)$/;

const mapValues: RuleKind = {
  options: ["values", "otherwise"],
  make: (options) => {
    const values = options.map("values");
    const { otherwise } = options.given;
    const isIdle = Object.entries(values).every(([key, value]) => value === key && !plainWord.test(key));
    if (isIdle && otherwise === undefined) options.fault("needs values that are others than what they stand for");
    return eachValue(options.globs(), "keep", (value) => {
      const key = String(value);
      if (Object.hasOwn(values, key)) return { value: values[key] as Json };
      return otherwise === undefined || Object.values(values).includes(value) ? undefined : { value: otherwise };
    });
  },
};

const replace: RuleKind = {
  options: ["pattern", "with", "flags"],
  make: (options) => {
    const source = options.text("pattern") ?? "";
    const made = linearPattern(source, options.text("flags") ?? "");
    if (source === "") options.fault("needs a pattern", "pattern");
    else if (!made.ok) options.fault(`pattern cannot be used: ${made.problem}`, "pattern");
    const put = options.text("with") ?? "";
    if (put === "$&" || (put !== "" && put === source && !/[\\^$.*+?()[\]{}|]/.test(source)))
      options.fault("with gives back what was found", "with");
    return eachValue(options.globs(), "keep", (value) => {
      if (typeof value !== "string" || !made.ok) return undefined;
      const text = replaced(value, made.pattern, put);
      return text === undefined ? { problem: "too long for the pattern" } : { value: text };
    });
  },
};

/** All matches replaced; `$1` to `$9` are groups, `$&` the match, `$$` a dollar. Undefined: the search was given up. */
function replaced(
  text: string,
  pattern: Extract<ReturnType<typeof linearPattern>, { readonly ok: true }>["pattern"],
  put: string,
): string | undefined {
  const parts: string[] = [];
  let at = 0;
  for (let from = 0; from <= text.length; ) {
    const match = pattern.exec(text, from);
    if (match === "exhausted") return undefined;
    if (match === null) break;
    const groups = [text.slice(match.index, match.end), ...match.groups];
    const filled = put.replace(/\$([$&1-9])/g, (_, sign: string) =>
      sign === "$" ? "$" : sign === "&" ? (groups[0] ?? "") : (groups[Number(sign)] ?? ""),
    );
    parts.push(text.slice(at, match.index), filled);
    at = match.end;
    from = match.end > match.index ? match.end : match.end + 1;
  }
  return parts.length === 0 ? text : parts.join("") + text.slice(at);
}

function bounded(action: "clamp" | "range"): RuleKind {
  return {
    options: action === "clamp" ? ["min", "max"] : ["min", "max", "on_error"],
    make: (options) => {
      if (options.given["min"] === undefined && options.given["max"] === undefined) options.fault("needs min or max");
      const min = options.number("min") ?? Number.NEGATIVE_INFINITY;
      const max = options.number("max") ?? Number.POSITIVE_INFINITY;
      if (min > max) options.fault("min is greater than max", "min");
      const onError = action === "clamp" ? "keep" : options.choice("on_error", onErrors, "drop");
      return eachValue(options.globs(), onError, (value) => {
        if (typeof value !== "number" || (value >= min && value <= max)) return undefined;
        if (action === "clamp") return { value: Math.min(max, Math.max(min, value)) };
        return { problem: value < min ? `less than ${min}` : `more than ${max}` };
      });
    },
  };
}

const toText: RuleKind = {
  options: [],
  make: (options) =>
    eachValue(options.globs(), "keep", (value) =>
      typeof value === "number" || typeof value === "boolean" ? { value: String(value) } : undefined,
    ),
};

const split: RuleKind = {
  options: ["by"],
  make: (options) => {
    const by = options.text("by") ?? ",";
    if (by === "") options.fault("needs a separator", "by");
    return eachValue(options.globs(), "keep", (value) => {
      if (typeof value !== "string" || by === "") return undefined;
      const items = value.split(by).map((item) => item.trim());
      return items.length < 2 ? undefined : { value: items.filter((item) => item !== "") };
    });
  },
};

/** Rules that look at one plain value after another. */
export const valueRules: { readonly [name: string]: RuleKind } = {
  trim: textRule((text) => text.trim()),
  collapse_whitespace: textRule(collapseWhitespace),
  strip_html: textRule(stripHtml),
  unicode_nfc: textRule((text) => text.normalize("NFC")),
  fix_mojibake: textRule(fixMojibake),
  lower: textRule((text) => text.toLowerCase()),
  upper: textRule((text) => text.toUpperCase()),
  to_text: toText,
  parse_number: parseNumber,
  parse_date: parseDate,
  map_values: mapValues,
  replace,
  clamp: bounded("clamp"),
  range: bounded("range"),
  split,
};
