import { durationText } from "@nanobrain/engine";
import type { AgentCall, WhyAttempt, WhyCause, WhyNeed, WhyReport } from "@nanobrain/engine/observe";
import type { Look } from "../terminal/terminal.js";
import { oneLine, wrap } from "../terminal/text-width.js";
import { callLines } from "./call-lines.js";
import { reactionFacts } from "./why-reaction-lines.js";

/** The report in words: the answer first, then what it waited for, each attempt, and what its outputs went to. */
export function whyLines(
  report: WhyReport,
  look: Look,
  agent: { readonly calls: readonly AgentCall[]; readonly most: number } = { calls: [], most: 0 },
): string[] {
  const { paint } = look;
  const place = `${report.place.file}:${report.place.line}:${report.place.column}`;
  const facts = new Facts(look);
  facts.add("declared", `${place}  ${report.class}`);
  for (const [name, texts] of reactionFacts(report).slice(0, 1)) facts.add(name, ...texts);
  facts.add(
    report.firing === null ? "waited for" : "saw",
    ...report.needs.map((need, index) => needText(need, report, index)),
  );
  for (const [name, texts] of reactionFacts(report).slice(1)) facts.add(name, ...texts);
  if (report.readyAt !== null && report.firing === null)
    facts.add("ready", `${since(report, report.readyAt)} after the run began`);
  if (report.turn !== null) facts.add("then waited", `${durationText(report.turn.waitedMs)} for ${report.turn.reason}`);
  if (report.absent !== null)
    facts.add("because", `port ${report.absent.port} had no value:`, ...causeTexts(report.absent.causes, 1));
  if (report.items !== null) facts.add("items", itemsText(report.items));
  facts.add(
    report.items === null ? "attempts" : "of these",
    ...report.attempts.map((one) => attemptText(one, report.run)),
  );
  facts.addRows("calls", callLines(agent.calls, agent.most, { ...look, width: look.width - 14 }, true));
  if (report.attempts.length > 0 || report.verdict.did !== "never")
    facts.add("gave", ...report.outputs.flatMap(outputTexts));
  return [
    `${paint.bold(oneLine(report.step))} ${answer(report, look)}`,
    ...wrapped(report.verdict.reason, look),
    ...facts.lines,
  ];
}

function wrapped(reason: string, look: Look): string[] {
  return reason === "" ? [] : wrap(oneLine(reason), look.width - 2).map((line) => `  ${line}`);
}

/** Named facts, each with one or several lines beside its name. */
class Facts {
  readonly lines: string[] = [];
  private readonly look: Look;

  constructor(look: Look) {
    this.look = look;
  }

  add(name: string, ...texts: readonly string[]): void {
    const room = this.look.width - 14;
    const rows = texts.flatMap((text) => {
      const indent = /^ */.exec(text)?.[0] ?? "";
      return wrap(oneLine(text.trimStart()), room - indent.length).map(
        (line, part) => `${indent}${part === 0 ? "" : "  "}${line}`,
      );
    });
    this.addRows(name, rows);
  }

  /** Rows that fit as they are. */
  addRows(name: string, rows: readonly string[]): void {
    rows.forEach((row, index) => {
      this.lines.push(`  ${this.look.paint.dim((index === 0 ? name : "").padEnd(11))} ${row}`.trimEnd());
    });
  }
}

function answer(report: WhyReport, look: Look): string {
  const { paint } = look;
  const took =
    report.startedAt !== null && report.endedAt !== null
      ? ` in ${durationText(report.endedAt - report.startedAt)}`
      : "";
  const times = report.activationCount > 1 ? ` ${report.activationCount} times, the last` : "";
  switch (report.verdict.did) {
    case "ran":
      return paint.green(`ran${times}${took}`);
    case "cached":
      return paint.green("came from the cache");
    case "reused":
      return paint.green("was taken over");
    case "set":
      return paint.green("was set");
    case "skipped":
      return paint.yellow("was skipped");
    case "absent":
      return paint.yellow("has no value");
    case "failed":
      return paint.red(`failed${took}`);
    case "refused":
      return paint.red("was refused");
    case "stopped":
      return paint.yellow("has not ended");
    case "running":
      return paint.cyan("is running");
    case "waiting":
      return paint.cyan("has not started");
    case "suspended":
      return paint.cyan("is waiting");
    case "never":
      return paint.yellow("never ran");
  }
}

function since(report: WhyReport, at: number): string {
  return durationText(at - report.run.startedAt);
}

function needText(need: WhyNeed, report: WhyReport, index: number): string {
  const what = need.kind === "order" ? `${need.from} to settle` : need.from;
  const into = need.port === null || report.kind !== "step" ? "" : ` for ${need.port}`;
  if (need.at === null) return `${what}${into}: has not come`;
  if (need.closed) return `${what}${into}: nothing came to the end`;
  const last = index === report.needs.length - 1 && report.needs.length > 1 ? ", the last" : "";
  const carried =
    need.outcome === "value" || need.outcome === "settled"
      ? ""
      : `, ${need.outcome}${need.reason === "" ? "" : ` (${need.reason})`}`;
  const times = need.count > 1 ? `came ${need.count} times, last` : "came";
  return `${what}${into}: ${times} after ${durationText(need.waitedMs ?? 0)}${last}${carried}`;
}

function causeTexts(causes: readonly WhyCause[], depth: number): string[] {
  return causes.flatMap((cause) => {
    const place = cause.place === null ? "" : ` (${cause.place.file}:${cause.place.line})`;
    return [`${"  ".repeat(depth)}${causeText(cause)}${place}`, ...causeTexts(cause.causes, depth + 1)];
  });
}

function causeText({ at, kind, reason }: WhyCause): string {
  switch (kind) {
    case "closed":
      return `gate ${at} was closed: ${reason}`;
    case "refused":
      return `link ${at} refused: ${reason}`;
    case "skipped":
      return `${at} was skipped: ${reason}`;
    case "failed":
      return `${at} failed: ${reason}`;
    case "not_given":
    case "no_links":
    case "awaited":
      return `${at}: ${reason}`;
  }
}

function itemsText(items: NonNullable<WhyReport["items"]>): string {
  const parts: readonly (readonly [number, string])[] = [
    [items.succeeded, "succeeded"],
    [items.failed, "failed"],
    [items.running, "running"],
    [items.cached, "from the cache"],
    [items.retried, "retried"],
  ];
  const told = parts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  return `${items.count ?? "an unknown number"}${told.length > 0 ? `: ${told.join(", ")}` : ""}`;
}

function attemptText(one: WhyAttempt, run: WhyReport["run"]): string {
  const item = one.item === null ? "" : `item ${one.item}, attempt `;
  const fallback = one.fallback ? " (fallback)" : "";
  const took = one.endedAt === null ? "" : ` after ${durationText(one.endedAt - one.startedAt)}`;
  const failure = one.failure === null ? "" : `: ${one.failure.kind}, ${one.failure.code} ${one.failure.message}`;
  const cache = one.cache === null ? "" : cacheText(one.cache, run.id);
  const round = one.round === null ? "" : "round ";
  const judged = one.judged === null || one.judged.reason === "" ? "" : `: ${one.judged.reason}`;
  const inner = one.inner === null ? "" : `; its steps: nanobrain why ${run.name} ${one.inner}STEP`;
  const number = one.round ?? one.attempt;
  return `${item}${round}${number}${fallback} ${one.outcome}${took}${judged}${waitedText(one)}${failure}${decisionText(one)}${cache}${inner}`;
}

function waitedText({ waited }: WhyAttempt): string {
  if (waited === null || waited === undefined) return "";
  if (waited.by === "answer") return `, answered by ${waited.who}`;
  return waited.by === "timeout" ? ", not answered in time" : ", its moment had come";
}

/** What changed since an earlier attempt of the same run is no news: each round and each firing has inputs of its own. */
function cacheText(cache: NonNullable<WhyAttempt["cache"]>, run: string): string {
  if (cache.outcome === "hit") return `, from run ${cache.from ?? "?"}`;
  const changed = cache.from === run ? [] : (cache.changed ?? []);
  return changed.length === 0 ? "" : `, not in the cache: ${changed.join(", ")} changed`;
}

function decisionText({ decision, endedAt }: WhyAttempt): string {
  if (decision === null) return "";
  switch (decision.kind) {
    case "retry":
      return `; retry ${decision.retry} after ${durationText(decision.dueAt - (endedAt ?? decision.at))}: ${decision.reason}`;
    case "fallback":
      return `; went on with the fallback: ${decision.reason}`;
    case "dead_letter":
      return "; its item is a dead letter";
    case "item_failed":
      return "; failed for good";
    case "failed":
      return `; ${decision.handling}: ${decision.reason}`;
  }
}

function outputTexts(output: WhyReport["outputs"][number]): string[] {
  const name = output.given ? output.port : `${output.port} (no value)`;
  if (output.routes.length === 0) return [`${name}: goes nowhere`];
  return output.routes.map((route) => {
    const gate = route.condition === null ? "" : ` if ${route.condition}`;
    const outcome = route.outcome === "value" ? "" : `, ${route.outcome}`;
    return `${name} to ${route.to}${gate}${outcome}${route.reason === "" ? "" : `: ${route.reason}`}`;
  });
}
