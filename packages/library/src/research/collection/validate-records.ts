import type { Json, JsonObject, JsonSchema, StepContext } from "@nanobrain/engine";
import { problemText, type SchemaProblem, saidSchema, validatorOf } from "@nanobrain/engine/steps";

export type Validated = {
  readonly valid: readonly Json[];
  readonly invalid: readonly { readonly index: number; readonly record: Json; readonly problems: readonly string[] }[];
  readonly report: JsonObject;
};

const maxKinds = 100;
const firstShown = 5;

/** Checks record by record. Without a schema all are valid. */
export async function validateRecords(
  records: readonly Json[],
  schema: JsonSchema | string | undefined,
  context: StepContext,
): Promise<Validated> {
  const invalid: Validated["invalid"][number][] = [];
  const kinds = new Map<string, { count: number; readonly first: number[] }>();
  const check = schema === undefined ? undefined : await validatorOf(await saidSchema(schema, context));
  const valid = records.filter((record, index) => {
    const problems = check?.(record) ?? [];
    if (problems.length === 0) return true;
    for (const problem of problems) note(kinds, problem, index);
    invalid.push({ index, record, problems: problems.map(problemText) });
    return false;
  });
  const problems = [...kinds].sort(([a, n], [b, m]) => m.count - n.count || (a < b ? -1 : 1));
  const quality = records.length === 0 ? 1 : valid.length / records.length;
  const report = {
    records: records.length,
    valid: valid.length,
    invalid: invalid.length,
    quality: Math.round(quality * 10_000) / 10_000,
    problems: problems.map(([problem, { count, first }]) => ({ problem, count, first })),
  };
  return { valid, invalid, report };
}

/** Problems are counted by their place and what they want, whatever the value is: `year: must be >= 1800`. */
function note(
  kinds: Map<string, { count: number; readonly first: number[] }>,
  { path, message }: SchemaProblem,
  index: number,
): void {
  const place = path.replace(/\[\d+\]/g, "[]");
  const key = `${place === "" ? "record" : place}: ${message.replace(/, (is|has) [\s\S]*$/, "")}`.slice(0, 300);
  const kind = kinds.get(key) ?? { count: 0, first: [] };
  if (!kinds.has(key) && kinds.size >= maxKinds) return;
  kinds.set(key, kind);
  kind.count += 1;
  if (kind.first.length < firstShown && kind.first.at(-1) !== index) kind.first.push(index);
}
