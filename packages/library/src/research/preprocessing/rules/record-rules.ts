import type { Json, JsonObject } from "@nanobrain/engine";
import type { loadCondition } from "@nanobrain/engine/steps";
import { fieldOf, isFilled } from "./field-glob.js";
import { dropNamed, keepNamed } from "./named-fields.js";
import { drop } from "./rule.js";
import type { RuleOptions } from "./rule-options.js";
import type { RuleKind } from "./value-rules.js";

export type CompileCondition = Awaited<ReturnType<typeof loadCondition>>;

/** Takes fields out by name: those that a path leads to, or (`keep_fields`) all others. */
function byName(word: "drop" | "keep", isTaken: (value: Json) => boolean): RuleKind {
  return {
    options: [],
    make: (options) => {
      const globs = options.globs();
      if (globs.some(({ source }) => source === "*") && isTaken(true)) options.fault(`would ${word} all fields`);
      return (record, notes) => {
        const note = (path: string, value: Json): void => notes.changed(path, value, undefined);
        return word === "drop" ? dropNamed(record, globs, isTaken, note) : keepNamed(record, globs, note);
      };
    },
  };
}

const rename: RuleKind = {
  options: ["names"],
  isWhole: true,
  make: (options) => {
    const names = options.map("names");
    checkNames(names, options);
    return (record, notes) => {
      if (!Object.keys(names).some((from) => Object.hasOwn(record, from))) return record;
      const fields = new Map<string, Json>();
      for (const [name, value] of Object.entries(record)) {
        const to = Object.hasOwn(names, name) ? String(names[name]) : name;
        // A field that has the new name already and says something stays; the other one keeps its own name.
        const isTaken = to !== name && isFilled(fieldOf(record, to)) && !Object.hasOwn(names, to);
        if (isTaken && !same(value, fieldOf(record, to))) notes.issue(name, value, `${to} is there already`);
        if (isTaken && isFilled(value)) fields.set(name, value);
        else if (!isTaken) fields.set(to, value);
        if (to !== name && !isTaken) notes.changed(name, name, to);
      }
      return Object.fromEntries(fields) as JsonObject;
    };
  },
};

function checkNames(names: JsonObject, { fault }: RuleOptions): void {
  const used = new Set<Json>();
  if (Object.keys(names).length === 0) fault("needs names: the old one and the new one of each field");
  for (const [from, to] of Object.entries(names)) {
    const old = JSON.stringify(from);
    if (typeof to !== "string" || to === "") fault(`${old} needs a new name`, "names");
    else if (to === from) fault(`${old} is given the name that it has`, "names");
    else if (used.has(to)) fault(`${JSON.stringify(to)} is the new name of two fields`, "names");
    used.add(to as Json);
  }
}

const same = (a: Json, b: Json | undefined): boolean => JSON.stringify(a) === JSON.stringify(b);

const setDefault: RuleKind = {
  options: ["values"],
  isWhole: true,
  make: (options) => {
    const values = options.map("values");
    if (Object.keys(values).length === 0) options.fault("needs values: a field and what it is where it is missing");
    for (const [name, value] of Object.entries(values))
      if (!isFilled(value)) options.fault(`${JSON.stringify(name)} needs a value that is not empty`, "values");
    return (record, notes) => {
      const missing = Object.entries(values).filter(([name]) => !isFilled(fieldOf(record, name)));
      for (const [name, value] of missing) notes.changed(name, fieldOf(record, name) ?? null, value);
      return missing.length === 0
        ? record
        : (Object.fromEntries([...Object.entries(record), ...missing]) as JsonObject);
    };
  },
};

const require: RuleKind = {
  options: [],
  make: (options) => {
    const names = options.names();
    return (record) => {
      const missing = names.filter((name) => !isFilled(fieldOf(record, name)));
      return missing.length === 0 ? record : drop(`lacks ${missing.join(", ")}`);
    };
  },
};

/** Whether a condition has a word besides those of the language. */
function readsRecord(source: string): boolean {
  const bare = source.replace(/"(\\.|[^"\\])*"|'(\\.|[^'\\])*'/g, " ");
  return (bare.match(/[A-Za-z_]\w*/g) ?? []).some((word) => !/^(true|false|null|and|or|not|in)$/.test(word));
}

/** `filter: "year >= 2000"`: what it is false for is dropped. A missing field makes it false. */
function filterBy(compile: CompileCondition): RuleKind {
  return {
    options: ["condition"],
    isWhole: true,
    make: (options: RuleOptions) => {
      const source = options.text("condition") ?? "";
      const condition = compile(source);
      if (!condition.ok) options.fault(condition.problems.map(({ message }) => message).join("; "), "condition");
      else if (!readsRecord(source)) options.fault("says the same of every record: it names no field", "condition");
      return (record, notes) => {
        const verdict = condition.ok ? condition.evaluate(record) : { failed: "no condition" };
        if ("failed" in verdict) {
          notes.issue("", null, verdict.failed);
          return drop(`condition cannot be judged: ${verdict.failed}`);
        }
        return verdict.pass ? record : drop(`not ${source}`);
      };
    },
  };
}

/** Rules that look at whole records. */
export function recordRules(compile: CompileCondition): { readonly [name: string]: RuleKind } {
  return {
    drop_fields: byName("drop", () => true),
    keep_fields: byName("keep", () => true),
    drop_empty: byName("drop", (value) => !isFilled(value)),
    rename,
    set_default: setDefault,
    require,
    filter: filterBy(compile),
  };
}
