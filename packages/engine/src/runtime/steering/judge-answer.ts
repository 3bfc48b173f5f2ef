import { checkAnswer } from "../../components/steps/approval-step.js";
import type { Ask } from "../../contracts/executor.js";
import type { Json } from "../../contracts/json.js";
import { didYouMean } from "../../document/nearest.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import type { Cell } from "../../kernel/event.js";
import type { RunTree } from "../../kernel/state.js";
import { stepPath } from "../../kernel/step-path.js";
import type { Judging, Verdict } from "./verdict.js";

/** `name`: of a question of the step's code. */
export type WaitingAsk = {
  readonly path: string;
  readonly name: string | undefined;
  readonly cell: Cell;
  readonly ask: Ask;
  /** Number of the attempt that asked. */
  readonly attempt: number;
};

/**
 * Answers a step that waits for a person, by its path such as `outer[3]/approve`; what is between may be left out if one step fits.
 * `agent#NAME` answers that question of its code only.
 */
export async function judgeAnswer(
  { parts, tree, by }: Judging,
  { step, value }: { readonly step: string; readonly value: Json },
): Promise<Verdict> {
  const refuse = (problem: string, hint?: string) =>
    nanobrainError("E_ANSWER", { step, run: tree.name, problem }, hint === undefined ? {} : { hint });
  if (tree.cancelled) throw refuse("the run is cancelled");
  const waiting = waitingAsks(tree);
  const { path, name } = addressOf(step);
  const meant = waiting.filter((one) => name === undefined || one.name === name);
  const exact = meant.filter((one) => one.path === path);
  const found = exact.length > 0 ? exact : meant.filter((one) => withoutItems(one.path) === path);
  const [one] = found;
  if (one === undefined || found.length > 1) {
    const paths = (found.length > 1 ? found : waiting).map(addressText);
    const list =
      paths.length === 0 ? "nothing in this run waits for an answer" : `waiting for one: ${paths.join(", ")}`;
    const problem = found.length > 1 ? "several steps of that name wait" : "it does not wait for an answer";
    throw refuse(`${problem} (${list})`, didYouMean(step, paths));
  }
  const wrong = await checkAnswer(one.ask, value);
  if (wrong !== undefined) throw refuse(wrong);
  const at = new Date(parts.clock.now()).toISOString();
  const out = { decision: await parts.values.save(value), by: { json: by }, at: { json: at } };
  const text = `${one.path} answered: ${JSON.stringify(value)}`;
  const named = one.name === undefined ? {} : { name: one.name };
  return { status: "apply", input: { type: "wait.answered", ...one.cell, ...named, out, by }, text };
}

function addressOf(step: string): { readonly path: string; readonly name: string | undefined } {
  const at = step.indexOf("#");
  return at < 0 ? { path: step, name: undefined } : { path: step.slice(0, at), name: step.slice(at + 1) };
}

export function addressText({ path, name }: Pick<WaitingAsk, "path" | "name">): string {
  return name === undefined ? path : `${path}#${name}`;
}

/** The steps of a run that wait for a person, in the order they were opened. */
export function waitingAsks(tree: RunTree): WaitingAsk[] {
  const found: WaitingAsk[] = [];
  for (const run of tree.runs) {
    for (const { node, n, cells } of run?.open.values() ?? []) {
      for (const cell of cells.values()) {
        const { ask, name } = cell.wait ?? {};
        if (run === undefined || ask === undefined) continue;
        const path = stepPath(tree, run.index, node, cell.c);
        found.push({ path, name, cell: { run: run.index, node, n, c: cell.c }, ask, attempt: cell.id });
      }
    }
  }
  return found;
}

function withoutItems(path: string): string {
  return path.replaceAll(/\[\d+\]/g, "");
}
