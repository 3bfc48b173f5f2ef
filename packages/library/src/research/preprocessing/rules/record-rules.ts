import type { Json, JsonObject } from "@nanobrain/engine";
import type { loadCondition } from "@nanobrain/engine/steps";
import { type FieldGlob, fieldOf, isFilled, mapOf } from "./field-glob.js";
import { drop } from "./rule.js";
import type { RuleOptions } from "./rule-options.js";
import type { RuleKind } from "./value-rules.js";

export type CompileCondition = Awaited<ReturnType<typeof loadCondition>>;

const isNamed = (globs: readonly FieldGlob[], name: string): boolean =>
  globs.some(({ source, parts }) => source === name || (parts.length === 1 && parts[0]?.(name) === true));

function without(test: (name: string, value: Json, globs: readonly FieldGlob[]) => boolean): RuleKind {
  return {
    options: [],
    make: (options) => {
      const globs = options.globs();
      return (record, notes) =>
        mapOf(record, (name, value) => {
          if (!test(name, value, globs)) return value;
          notes.changed(name, value, undefined);
          return undefined;
        });
    },
  };
}

const rename: RuleKind = {
  options: ["names"],
  make: (options) => {
    const names = options.map("names");
    for (const [from, to] of Object.entries(names))
      if (typeof to !== "string" || to === "") options.fault(`${JSON.stringify(from)} needs a new name`, "names");
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

const same = (a: Json, b: Json | undefined): boolean => JSON.stringify(a) === JSON.stringify(b);

const setDefault: RuleKind = {
  options: ["values"],
  make: (options) => {
    const values = options.map("values");
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

const dropEmpty: RuleKind = {
  options: [],
  make: (options) => {
    const globs = options.globs();
    return (record, notes) =>
      mapOf(record, (name, value) => {
        if (isFilled(value) || !isNamed(globs, name)) return value;
        notes.changed(name, value, undefined);
        return undefined;
      });
  },
};

/** `filter: "year >= 2000"`: what it is false for is dropped. A missing field makes it false. */
function filterBy(compile: CompileCondition): RuleKind {
  return {
    options: ["condition"],
    make: (options: RuleOptions) => {
      const source = options.text("condition") ?? "";
      const condition = compile(source);
      if (!condition.ok) options.fault(condition.problems.map(({ message }) => message).join("; "), "condition");
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
    drop_fields: without((name, _value, globs) => isNamed(globs, name)),
    keep_fields: without((name, _value, globs) => !isNamed(globs, name)),
    drop_empty: dropEmpty,
    rename,
    set_default: setDefault,
    require,
    filter: filterBy(compile),
  };
}
