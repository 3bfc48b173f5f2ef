import { durationText, type Handle } from "@nanobrain/engine";
import type { Pair, RunDiff, StepDiff, ValueDiff } from "@nanobrain/engine/observe";
import type { Look } from "../terminal/terminal.js";
import { fitEnd, oneLine } from "../terminal/text-width.js";
import { tableLines } from "./table.js";

/** Times that differ by less than this are told as the same. */
const noticed = 1.2;
/** Nobody asks why a step took so much longer or shorter if both took less. */
const shortMs = 20;

/** What differs between two runs, for people. */
export function diffLines(diff: RunDiff, look: Look): string[] {
  const steps = diff.steps.filter(isNoticed);
  const values = [...named("input", diff.inputs), ...named("output", diff.outputs), ...named("port", diff.ports)];
  const same = diff.steps.length - steps.length;
  return [
    ...runLines(diff, look),
    ...planLines(diff, look),
    ...(values.length === 0
      ? ["", look.paint.dim("inputs and outputs are the same")]
      : ["", ...valueLines(values, look)]),
    ...(steps.length === 0 ? [] : ["", ...stepLines(steps, look)]),
    "",
    look.paint.dim(`${same} ${same === 1 ? "step" : "steps"} ended alike, in about the same time`),
  ];
}

function runLines({ runs }: RunDiff, look: Look): string[] {
  const rows = runs.map((run) => [
    run.name,
    run.version === null ? run.workflow : `${run.workflow} ${run.version}`,
    run.status,
    durationText(run.durationMs),
    run.id,
  ]);
  const titles = ["run", "workflow", "status", "took", "id"];
  return tableLines(
    titles.map((title, index) => ({ title, ...(index === 4 ? { drop: 1 } : {}) })),
    rows,
    look,
  );
}

function planLines({ plan }: RunDiff, look: Look): string[] {
  if (plan.same) return ["", look.paint.dim("the document is the same")];
  const lines = [
    ...plan.added.map((step) => `${look.paint.green("+")} ${step}`),
    ...plan.removed.map((step) => `${look.paint.red("-")} ${step}`),
    ...plan.changed.map(({ step, what }) => `${look.paint.yellow("~")} ${step}: ${what.join(", ")}`),
  ];
  return ["", "the document differs", ...lines.map((line) => `  ${line}`)];
}

function named(kind: string, values: readonly ValueDiff[]): readonly (ValueDiff & { readonly kind: string })[] {
  return values.map((value) => ({ ...value, kind }));
}

function valueLines(values: readonly (ValueDiff & { readonly kind: string })[], look: Look): string[] {
  const rows = values.map(({ kind, name, values: [first, second] }) => [
    kind,
    name,
    shown(first, look),
    shown(second, look),
  ]);
  const titles = ["what", "name", "first", "second"];
  return tableLines(
    titles.map((title) => ({ title })),
    rows,
    look,
  );
}

function shown(handle: Handle | null, look: Look): string {
  if (handle === null) return "none";
  if ("blob" in handle) return `${handle.sizeBytes} bytes, ${handle.blob.slice(0, 8)}`;
  if ("list" in handle) return `a list of ${handle.list.length}`;
  return "json" in handle ? fitEnd(oneLine(JSON.stringify(handle.json)), 40, look.marks.ellipsis) : "an item";
}

function isNoticed(step: StepDiff): boolean {
  if (differ(step.status) || differ(step.cached) || differ(step.attempts)) return true;
  const [first, second] = step.durationMs;
  if (step.ratio === null || Math.max(first ?? 0, second ?? 0) < shortMs) return false;
  return step.ratio > noticed || step.ratio < 1 / noticed;
}

function differ<Value>([first, second]: Pair<Value>): boolean {
  return first !== second;
}

function stepLines(steps: readonly StepDiff[], look: Look): string[] {
  const rows = steps.map((step) => [
    step.step,
    ...[0, 1].map((at) => {
      const status = step.status[at];
      const took = step.durationMs[at];
      if (status === null || status === undefined) return "none";
      const tries = (step.attempts[at] ?? 0) > 1 ? `, ${step.attempts[at]} attempts` : "";
      return `${status}${step.cached[at] === true ? ", cached" : `, ${durationText(took ?? 0)}`}${tries}`;
    }),
    step.ratio === null ? "" : `${look.marks.times}${step.ratio.toFixed(step.ratio < 10 ? 2 : 0)}`,
  ]);
  const titles = ["step", "first", "second", "time"];
  return tableLines(
    titles.map((title) => ({ title })),
    rows,
    look,
  );
}
