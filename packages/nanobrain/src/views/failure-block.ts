import { durationText } from "@nanobrain/engine";
import type { FailureFact, RunSummary, StepSummary } from "@nanobrain/engine/observe";
import type { Look } from "../terminal/terminal.js";
import { fitMiddle, oneLine, textWidth, wrap } from "../terminal/text-width.js";

type Failure = FailureFact["failure"];

/** Failures with a block of their own; the others are counted. */
const blocks = 5;

/**
 * What went wrong and what to do, the cause last, next to the prompt. `checkpoint` is the number of the journal's last
 * event. With `project`, the folder of the document, the place in the user's own code is told.
 */
export function failureLines(
  summary: RunSummary,
  facts: readonly FailureFact[],
  checkpoint: number,
  look: Look,
  project?: string,
): string[] {
  const stopping = facts.filter((fact) => fact.handling !== "tolerated" && fact.handling !== "continue");
  const told = stopping.length > 0 ? stopping : facts;
  const lines: string[] = [];
  if (told.length > blocks)
    lines.push(look.paint.dim(`  and ${told.length - blocks} more failures: nanobrain show ${summary.name}`));
  const last = summary.status === "failed" ? [keptLine(summary, checkpoint, look)] : [];
  for (const [left, fact] of [...told.slice(0, blocks).entries()].reverse())
    lines.push(
      ...blockOf(summary, fact, look),
      ...thrownLine(fact.failure, look, project),
      ...(left === 0 ? last : []),
      ...causeLines(fact.failure, look),
    );
  return summary.status === "failed" ? [...lines, thenLine(summary, look)] : lines;
}

function blockOf(summary: RunSummary, fact: FailureFact, look: Look): string[] {
  const { marks, paint } = look;
  const name = fact.step === "" ? summary.workflow : fact.step;
  const head = `${paint.red(marks.failed)} ${paint.bold(fitMiddle(oneLine(name), look.width - 24, marks.ellipsis))}`;
  const declared = fact.place === null ? [] : [`declared  ${fact.place.file}:${fact.place.line}:${fact.place.column}`];
  const input = fact.inputs[0] === undefined ? [] : [`input  nanobrain data ${summary.name} ${fact.inputs[0]}`];
  return [`  ${head}  ${triesText(fact, look)}`, ...sideBySide(declared, input, look)];
}

/** Where in the project's own modules an error was thrown, by the innermost cause that knows. */
function thrownLine(failure: Failure, look: Look, project: string | undefined): string[] {
  if (project === undefined) return [];
  let place: string | undefined;
  for (let one: Failure | undefined = failure; one !== undefined; one = one.cause)
    place = placeIn(one.stack ?? "", project) ?? place;
  return place === undefined ? [] : [`    ${look.paint.dim(fitMiddle(`thrown  ${place}`, look.width - 4, "..."))}`];
}

function placeIn(stack: string, project: string): string | undefined {
  const root = project.endsWith("/") ? project : `${project}/`;
  for (const line of stack.split("\n")) {
    const at = line.indexOf(root);
    const file = line.slice(at + root.length).replace(/\)\s*$/, "");
    if (at >= 0 && !file.includes("node_modules/")) return oneLine(file);
  }
  return undefined;
}

function triesText(fact: FailureFact, look: Look): string {
  const passed = fact.handling === "tolerated" ? ", tolerated" : fact.handling === "continue" ? ", passed over" : "";
  if (fact.attempts.length <= 1) return `failed${passed}`;
  const waits = fact.waitsMs.map((ms) => durationText(ms)).join(" ");
  const short = `failed after ${fact.attempts.length} attempts`;
  const full = `${short} (${tagsText(fact.attempts, look)}${waits === "" ? "" : `; waited ${waits}`})${passed}`;
  return textWidth(full) + textWidth(fact.step) + 6 <= look.width ? full : `${short}${passed}`;
}

/** Equal ones in a row are said once: `3 × exit 1`. */
function tagsText(tags: readonly string[], look: Look): string {
  const groups: { tag: string; count: number }[] = [];
  for (const tag of tags) {
    const last = groups.at(-1);
    if (last?.tag === tag) last.count++;
    else groups.push({ tag, count: 1 });
  }
  const told = groups.map(({ tag, count }) => (count === 1 ? tag : `${count} ${look.marks.times} ${tag}`));
  return told.slice(0, 6).join(", ") + (told.length > 6 ? `, ${look.marks.ellipsis}` : "");
}

function sideBySide(left: readonly string[], right: readonly string[], look: Look): string[] {
  const [first = ""] = left;
  const [second = ""] = right;
  const joined = [first, second].filter((one) => one !== "").join("          ");
  if (joined === "") return [];
  if (textWidth(joined) + 4 <= look.width) return [`    ${look.paint.dim(joined)}`];
  return [...left, ...right].map((one) => `    ${look.paint.dim(one)}`);
}

/** The chain of causes, the innermost last, then how to mend it. */
function causeLines(failure: Failure, look: Look): string[] {
  const chain: Failure[] = [];
  for (let one: Failure | undefined = failure; one !== undefined && chain.length < 8; one = one.cause) chain.push(one);
  const lines = chain.flatMap((one, depth) => {
    const text = `${one.code} ${one.message}`;
    const indent = depth === 0 ? "  " : "    ";
    const said = depth === 0 ? text : `because ${text}`;
    return wrap(cleanLines(said), look.width - indent.length).map((line, part) =>
      depth === 0 && part === 0 ? `${indent}${look.paint.red(line)}` : `${indent}${line}`,
    );
  });
  const hint = chain.findLast((one) => one.hint !== undefined)?.hint;
  if (hint === undefined) return lines;
  return [
    ...lines,
    ...wrap(oneLine(hint), look.width - 10).map((line, part) => `    ${part === 0 ? "mend" : "    "}  ${line}`),
  ];
}

/** Messages of programs may have several lines: the first twelve are shown. */
function cleanLines(text: string): string {
  const lines = text.split(/\r?\n/).map(oneLine);
  return lines.length <= 12 ? lines.join("\n") : [...lines.slice(0, 12), "(more: nanobrain logs)"].join("\n");
}

type Counted = { readonly kept: number; readonly all: number };

/** Steps that need not run again, and all of them; those of nested workflows are counted one by one, as far as they began. */
function countKept(summary: RunSummary): Counted {
  const passed = new Set(summary.failures.filter((one) => one.handling === "continue").map((one) => one.step));
  const countAll = (steps: RunSummary["steps"], prefix: string): Counted =>
    Object.entries(steps)
      .map(([name, step]) => countStep(step, `${prefix}${name}`))
      .reduce((sum, one) => ({ kept: sum.kept + one.kept, all: sum.all + one.all }), { kept: 0, all: 0 });
  const countStep = (step: StepSummary, path: string): Counted => {
    const isKept = step.status === "succeeded" || step.status === "skipped" || passed.has(path);
    if (step.run === undefined || isKept) return { kept: isKept ? 1 : 0, all: 1 };
    return countAll(step.run.steps, `${path}/`);
  };
  return countAll(summary.steps, "");
}

function keptLine(summary: RunSummary, checkpoint: number, look: Look): string {
  const { kept } = countKept(summary);
  const results = kept === 1 ? "1 step's results" : `${kept} steps' results`;
  return `    ${look.paint.dim(`kept  ${results}, checkpoint ${checkpoint}`)}`;
}

function thenLine(summary: RunSummary, look: Look): string {
  const resume = `nanobrain resume ${summary.name}`;
  const { kept, all } = countKept(summary);
  const again = `(runs ${all - kept} of ${all} steps again)`;
  const line = `    then  ${resume}          ${again}`;
  if (textWidth(line) > look.width) return `    then  ${look.paint.bold(resume)}`;
  return `    then  ${look.paint.bold(resume)}          ${look.paint.dim(again)}`;
}
