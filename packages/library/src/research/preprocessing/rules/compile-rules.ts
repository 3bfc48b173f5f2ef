import type { Json, JsonObject } from "@nanobrain/engine";
import { type CompileCondition, recordRules } from "./record-rules.js";
import type { Rule, RuleProblem } from "./rule.js";
import { isMap, ruleOptions } from "./rule-options.js";
import { valueRules } from "./value-rules.js";

export const maxRules = 200;

/** Rules whose options may be a map of names itself, by the key that it is read as. */
const shortMaps: { readonly [rule: string]: string } = { rename: "names", set_default: "values" };

/** Rules ready for use, and all that is wrong with them as they are written: a list of maps, or a map with `rules`. */
export function compileRules(
  written: Json,
  compile: CompileCondition,
): { readonly rules: readonly Rule[]; readonly problems: readonly RuleProblem[] } {
  const list = isMap(written) && Object.keys(written).length === 1 ? written["rules"] : written;
  if (!Array.isArray(list)) return { rules: [], problems: [{ path: [], problem: "a list of rules is expected" }] };
  if (list.length > maxRules)
    return { rules: [], problems: [{ path: [], problem: `at most ${maxRules} rules are taken` }] };
  const kinds: ReturnType<typeof recordRules> = { ...valueRules, ...recordRules(compile) };
  const problems: RuleProblem[] = [];
  const rules = (list as readonly Json[]).flatMap((item, at) => {
    const made = compileRule(item, at, kinds);
    problems.push(...made.problems);
    return made.rule === undefined ? [] : [made.rule];
  });
  return { rules, problems };
}

function compileRule(
  item: Json,
  at: number,
  kinds: ReturnType<typeof recordRules>,
): { readonly rule?: Rule; readonly problems: readonly RuleProblem[] } {
  const named = nameAndOptions(item);
  if (named === undefined)
    return { problems: [{ path: [at], problem: "a rule is a map of its name to its options, or has `rule: NAME`" }] };
  const { name, options, path } = named;
  const label = `${at + 1} ${name}`;
  if (name === "dedupe") {
    const read = ruleOptions(options, [], [at, ...path]);
    const dedupe = read.names();
    return { rule: { label, dedupe, apply: (record) => record }, problems: read.problems };
  }
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  if (kind === undefined) {
    const known = [...Object.keys(kinds), "dedupe"].join(", ");
    return { problems: [{ path: [at], problem: `there is no rule ${JSON.stringify(name)}; there are ${known}` }] };
  }
  const read = ruleOptions(options, kind.options, [at, ...path], kind.isWhole);
  const apply = kind.make(read);
  return { rule: { label, apply }, problems: read.problems };
}

/** From `{ trim: title }` or `{ rule: trim, field: title }`. `path`: where the options stand in the item. */
function nameAndOptions(
  item: Json,
): { readonly name: string; readonly options: Json; readonly path: readonly string[] } | undefined {
  if (typeof item === "string") return { name: item, options: true, path: [] };
  if (!isMap(item)) return undefined;
  const { rule, ...rest } = item;
  if (typeof rule === "string") return { name: rule, options: rest, path: [] };
  const [name, ...others] = Object.keys(item);
  if (name === undefined || others.length > 0) return undefined;
  return { name, options: longOptions(name, item[name] as Json), path: [name] };
}

function longOptions(name: string, options: Json): Json {
  const key = Object.hasOwn(shortMaps, name) ? shortMaps[name] : undefined;
  if (key !== undefined && isMap(options) && !isMap(options[key])) return { [key]: options } as JsonObject;
  return name === "filter" && typeof options === "string" ? { condition: options } : options;
}
