import type { Json } from "../../contracts/json.js";
import { didYouMean } from "../../document/nearest.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import { refusal } from "../../values/check-value.js";
import type { Judging, Verdict } from "./verdict.js";

/** Gives an input or parameter unit of the workflow a new value. */
export async function judgeSet(
  { parts, tree, by }: Judging,
  { unit, value }: { readonly unit: string; readonly value: Json },
): Promise<Verdict> {
  const refuse = (problem: string, hint?: string) =>
    nanobrainError("E_SET", { unit, run: tree.name, problem }, hint === undefined ? {} : { hint });
  const nodes = tree.plan.workflows[0]?.nodes ?? [];
  const settable = nodes.flatMap(({ kind, unit: described, name }, node) =>
    kind === "unit" && (described?.role === "input" || described?.role === "parameter") ? [{ name, node }] : [],
  );
  const found = settable.find((one) => one.name === unit);
  if (found === undefined) {
    const known = settable.map((one) => one.name);
    const problem = `it has no input or parameter of that name (${known.length === 0 ? "it has none" : `there is ${known.join(", ")}`})`;
    throw refuse(problem, didYouMean(unit, known));
  }
  if (tree.cancelled) throw refuse("the run is cancelled");
  const refused = await refusal(nodes[found.node]?.ports[0]?.schema, value, unit);
  if (refused !== undefined) throw refuse(refused.message);
  const handle = await parts.values.save(value);
  const input = { type: "unit.set", run: 0, node: found.node, value: handle, by } as const;
  return { status: "apply", input, text: `${unit} set` };
}
