import { join, resolve } from "node:path";
import type { RunEvent, RunHandle, RunResult, Runtime } from "@nanobrain/engine";
import { type Call, flag, text } from "./call.js";
import { exitCodeOf } from "./exit-code.js";
import { type Delivered, deliverFiles } from "./outputs/deliver-files.js";
import { orderedOutputs, outputLines, shownPath } from "./outputs/output-lines.js";
import { projectIn } from "./project-in.js";
import { openRunView, type RunView } from "./run-view.js";
import { listenForSignals, type Signals } from "./signals.js";
import { storeSuffix } from "./store-place.js";
import { sayUnfinished } from "./unfinished.js";

export type Following = {
  readonly call: Call;
  readonly runtime: Runtime;
  readonly handle: RunHandle;
  /** Folder of the document: outputs are put there. */
  readonly project: string;
  /** Events from before this process took the run over. */
  readonly past: readonly RunEvent[];
};

/** How long running attempts may go on after Ctrl-C or SIGTERM. */
const drainMs = 10_000;

/** Shows a run until it ends, delivers what it gave, and answers with the exit code. The runtime is closed. */
export async function followRun(following: Following): Promise<number> {
  const { call, runtime, handle } = following;
  let view = openRunView(call, handle, following.past);
  const signals = listenForSignals(() => {
    view.close();
    sayResume(following);
  });
  const printed = flag(call, "jsonl") ? printEvents(following) : Promise.resolve();
  try {
    let ended = await endOf(handle, signals);
    while (ended?.status === "waiting" && mayAsk(call)) {
      view.close();
      const { askPerson } = await import("./ask-person.js");
      const isAnswered = await askPerson(call, handle, await handle.asks());
      view = openRunView(call, handle, await runtime.store.events(handle.id));
      if (!isAnswered) break;
      ended = await endOf(handle, signals);
    }
    if (ended === undefined) return await interrupt(following, view, signals);
    await printed;
    view.close();
    return await finish(following, withoutTold(ended, view.warned), ended.warnings);
  } finally {
    await runtime.close();
    signals.release();
  }
}

/** Undefined: somebody interrupts it. */
function endOf(handle: RunHandle, signals: Signals): Promise<RunResult | undefined> {
  return Promise.race([handle.result(), signals.first.then(() => undefined)]);
}

/** Somebody sits at a terminal. */
function mayAsk({ terminal }: Call): boolean {
  return terminal.isLive && process.stdin.isTTY;
}

async function printEvents({ call, handle }: Following): Promise<void> {
  for await (const event of handle.events()) call.terminal.out.line(JSON.stringify(event));
}

/** The second signal ends the process at once: nothing that waits can be done here. */
function sayResume({ call, runtime, handle }: Following): void {
  const { err } = call.terminal;
  const command = `nanobrain resume ${handle.name}${storeSuffix(call, runtime.store.place)}`;
  err.line(`ended at once. Go on with: ${err.look.paint.bold(command)}`);
}

/** Running attempts finish, the rest is saved; the next `resume` goes on from there. */
async function interrupt(following: Following, view: RunView, signals: Signals): Promise<number> {
  const { call, runtime, handle } = following;
  const { err } = call.terminal;
  view.say(`${signals.came?.signal}: running attempts may finish (${drainMs / 1000} s); again to exit at once`);
  await runtime.close({ drainMs });
  view.close();
  const { settled, total, status } = handle.progress();
  const run = handle.name + storeSuffix(call, runtime.store.place);
  if (status === "completed") err.line(`run ${handle.name} completed meanwhile: nanobrain show ${run}`);
  else
    err.line(`saved after ${settled} of ${total} steps. Go on with: ${err.look.paint.bold(`nanobrain resume ${run}`)}`);
  return signals.came?.exitCode ?? 130;
}

/** Nobody needs to be told twice. */
function withoutTold(ended: RunResult, warned: RunView["warned"]): RunResult {
  return { ...ended, warnings: ended.warnings.filter(({ code, message }) => !warned.has(`${code} ${message}`)) };
}

async function finish(following: Following, ended: RunResult, warnings: RunResult["warnings"]): Promise<number> {
  const result = { ...ended, outputs: orderedOutputs(following.handle.plan, ended.outputs) };
  const delivered = result.status === "completed" ? await deliver(following, result) : [];
  const { call } = following;
  const { out, folder } = call.terminal;
  if (flag(call, "json")) out.line(JSON.stringify({ ...result, warnings }));
  else if (!flag(call, "jsonl") && result.status === "completed") {
    for (const line of outputLines(result.outputs, delivered, out, folder)) out.line(line);
  }
  await printEnd(following, result, delivered);
  const isNew = following.past.length === 0;
  if (isNew && !flag(call, "json") && !flag(call, "jsonl")) await sayUnfinished(call, following.runtime, result.run_id);
  return exitCodeOf(result.status);
}

function deliver({ call, runtime, handle, project }: Following, result: RunResult): Promise<readonly Delivered[]> {
  const out = text(call, "out");
  return deliverFiles({
    plan: handle.plan,
    outputs: result.outputs,
    blobs: runtime.blobs,
    project,
    runName: result.name,
    out: out === undefined ? undefined : resolve(call.terminal.folder, out),
  });
}

async function printEnd(following: Following, result: RunResult, delivered: readonly Delivered[]): Promise<void> {
  const { call, runtime, handle } = following;
  const { err, folder } = call.terminal;
  const { endLines } = await import("./views/end-line.js");
  if (result.warnings.length > 0) {
    const { warningLines } = await import("./views/warning-lines.js");
    for (const line of warningLines(result.warnings, err.look)) err.line(line);
  }
  const files = [...new Set(delivered.map((one) => shownPath(one.path, folder)))];
  const paths = files.slice(0, 3);
  if (files.length > 3) paths.push(`${files.length - 3} more ${files.length === 4 ? "file" : "files"}`);
  // The name as it stands in the commands that are printed.
  const named = { ...result, name: result.name + storeSuffix(call, runtime.store.place) };
  for (const line of endLines(named, err.look, paths)) err.line(line);
  if (result.status === "waiting" || result.status === "paused") {
    const { askLines, triggerLines } = await import("./views/ask-lines.js");
    for (const line of askLines(await handle.asks(), named.name, err.look)) err.line(line);
    for (const line of triggerLines(handle.plan, named.name, err.look)) err.line(line);
    err.line(`Go on with: ${err.look.paint.bold(`nanobrain resume ${named.name}`)}`);
  }
  if (result.failures.length > 0 || result.status === "failed") {
    const { failureFacts } = await import("@nanobrain/engine/observe");
    const { failureLines } = await import("./views/failure-block.js");
    const { events } = await runtime.look(handle.id);
    const facts = failureFacts(handle.plan, events);
    for (const line of failureLines(named, facts, events.length, err.look, following.project)) err.line(line);
  }
}

/** The document's folder, as the run's journal says; else the store's parent. */
export function projectOf(events: readonly RunEvent[], store: string): string {
  return projectIn(events) ?? join(store, "..");
}
