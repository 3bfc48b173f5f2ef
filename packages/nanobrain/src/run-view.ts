import {
  durationText,
  isPublished,
  isReport,
  type Progress,
  progressText,
  publishingOf,
  type RunEvent,
  type RunHandle,
  type StepNews,
} from "@nanobrain/engine";
import { type Call, flag } from "./call.js";
import { plainLine, plainTeller } from "./plain-teller.js";
import { gatheredLines } from "./terminal/gathered-lines.js";
import { LiveView } from "./terminal/live-view.js";
import type { Look } from "./terminal/terminal.js";
import { fitEnd, oneLine, pad } from "./terminal/text-width.js";
import { headerLine } from "./views/run-header.js";
import { stepRows } from "./views/step-rows.js";

/** What is shown on stderr while a run goes on. */
export interface RunView {
  /** A line that stays, in the colour of warnings. */
  say(text: string): void;
  /** Warnings of the run that stand on the screen already, each as `CODE message`. */
  readonly warned: ReadonlySet<string>;
  /** Shows the last state, or nothing more. */
  close(): void;
}

/** A block that is redrawn on a terminal; plain lines elsewhere. `past`: events from before this process. */
export function openRunView(call: Call, handle: RunHandle, past: readonly RunEvent[]): RunView {
  const { terminal } = call;
  const shared = flag(call, "jsonl") && terminal.out.isTerminal;
  const isTracked = publishingOf(handle.plan) !== "never";
  return terminal.isLive && !shared && isTracked ? liveView(call, handle) : plainView(call, handle, past);
}

function liveView(call: Call, handle: RunHandle): RunView {
  const { err, now } = call.terminal;
  const header = headerOf(handle);
  let progress = handle.progress();
  const said = new Map<string, string>();
  const draw = (frame: number): readonly string[] => {
    const { look } = err;
    const rows = stepRows(progress, look, { said, now: now(), frame, most: look.height - 5 });
    return [headerLine(header, look), ...rows, ...idleLines(handle, progress, look)];
  };
  const view = new LiveView(err, draw, now);
  const stop = handle.listen((event) => {
    if (!isPublished(handle.plan, event)) return;
    progress = handle.progress();
    view.changed();
  });
  const deaf = handle.hear((news) => {
    said.set(rootStep(news.step), newsText(news));
    if (isSevere(news)) view.above(logText(news), err.look.paint.yellow);
    else view.changed();
  });
  view.open();
  return {
    say: (text) => view.above(text, err.look.paint.yellow),
    warned: new Set(),
    close() {
      stop();
      deaf();
      progress = handle.progress();
      view.close("keep");
    },
  };
}

/** How a run that only listens is ended: it does not end by itself. */
function idleLines(handle: RunHandle, { status, running, steps }: Progress, look: Look): readonly string[] {
  const listens = status === "running" && running === 0 && !steps.some((step) => step.status === "retrying");
  if (!listens || handle.plan.workflows[0]?.completion !== "manual") return [];
  return [
    look.paint.dim(fitEnd(`  nothing to do: nanobrain finish ${handle.name} ends it`, look.width, look.marks.ellipsis)),
  ];
}

/** `outer` of `outer[3]/inner`: nested steps and items speak for the root's step. */
function rootStep(path: string): string {
  return path.split(/[/[]/)[0] ?? path;
}

/** `42 % · reading page 3`, or the last line that was logged. */
function newsText(news: StepNews): string {
  if (news.kind === "log") return news.text;
  const share = news.fraction === null ? "" : `${Math.round(100 * Math.min(1, Math.max(0, news.fraction)))} %`;
  return [share, news.note].filter((part) => part !== "").join(" · ");
}

type Logged = Extract<StepNews, { readonly kind: "log" }>;

/** Warnings and errors of steps stay on the screen. */
function isSevere(news: StepNews): news is Logged {
  return news.kind === "log" && (news.level === "warn" || news.level === "error");
}

function logText({ step, level, text }: Logged): string {
  return `${step}  ${level}: ${oneLine(text)}`;
}

function headerOf(handle: RunHandle): Parameters<typeof headerLine>[0] {
  const strategy = handle.plan.workflows[0]?.strategy ?? "graph";
  return { workflow: handle.plan.name, name: handle.name, id: handle.id, strategy };
}

function plainView(call: Call, handle: RunHandle, past: readonly RunEvent[]): RunView {
  const { err, now } = call.terminal;
  const began = now();
  err.line(headerLine(headerOf(handle), err.look).trim());
  const tell = plainTeller(handle.plan, past);
  const warned = new Set<string>();
  const lines = gatheredLines(err);
  const stop = handle.listen((event) => {
    if (event.type === "warning.raised") warned.add(`${event.code} ${event.message}`);
    for (const line of tell(event)) lines.line(plainLine(line, line.at - began));
    if (isReport(handle.plan, event)) {
      const report = {
        seq: event.seq,
        at: event.at,
        level: "info",
        step: "",
        text: progressText(handle.progress()),
      } as const;
      lines.line(plainLine(report, event.at - began));
    }
  });
  const deaf = handle.hear((news) => {
    if (isSevere(news)) lines.line(`${pad(durationText(now() - began), 7, "right")}  ${logText(news)}`);
  });
  const close = (): void => {
    stop();
    deaf();
    lines.flush();
  };
  return { say: (text) => lines.line(err.look.paint.yellow(text)), warned, close };
}
