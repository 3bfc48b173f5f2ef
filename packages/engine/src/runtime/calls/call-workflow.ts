import type { Clock } from "../../contracts/clock.js";
import { callAfter } from "../../contracts/clock.js";
import type { WorkflowAnswer, WorkflowCall } from "../../contracts/executor.js";
import type { Json, JsonObject } from "../../contracts/json.js";
import type { RunRecord, Store } from "../../contracts/store.js";
import { projectPath } from "../../document/project-path.js";
import { NanobrainError, nanobrainError } from "../../errors/nanobrain-error.js";
import { failureError } from "../../errors/step-failure.js";
import type { Caller } from "../../host/parts.js";
import type { Loaded, RunHandle, RunResult, StartOptions } from "../runtime.js";
import { childId, childName } from "./child-names.js";
import { type Followed, followChild, orAborted, type PlacedAsk } from "./follow-child.js";

export type CallParts = {
  readonly store: Store;
  readonly clock: Clock;
  /** This process drives the run. */
  isDriven(runId: string): boolean;
  /** Of a document inside a project. */
  load(path: string, project: string): Promise<Loaded>;
  start(loaded: Loaded, inputs: WorkflowCall["inputs"], options: StartOptions): Promise<RunHandle>;
  resume(runId: string): Promise<RunHandle>;
  attach(runId: string, by: string): Promise<RunHandle>;
  asks(runId: string): Promise<readonly PlacedAsk[]>;
};

/** Calls within calls within calls: more are a mistake. */
const maxDepth = 16;
/** How often a called run that rests, paused or let go by its process, is looked at. */
const LOOK_MS = 500;

/**
 * Runs a workflow for an attempt as a run of its own. I1. All attempts of the same work come to the same run, unless it was cancelled.
 * I2. The caller's end cancels it; that a process lets its caller go does not. I3. Its failure is the call's.
 */
export async function callWorkflow(parts: CallParts, caller: Caller, call: WorkflowCall): Promise<WorkflowAnswer> {
  for (let told = false; ; told = true) {
    const handle = await childOf(parts, caller, call);
    if (!told) caller.log("info", `calls ${call.document}: run ${handle.name}`);
    const end = await cancelling(caller, handle, () =>
      followChild((runId) => parts.asks(runId), caller, call.answers, handle),
    );
    if (end === undefined) await caller.away(orAborted(caller.signal, pause(parts.clock)));
    else return answerOf(call, handle, end);
  }
}

function pause(clock: Clock): Promise<void> {
  return new Promise((resolve) => callAfter(clock, LOOK_MS, resolve));
}

function answerOf({ document }: WorkflowCall, { name }: RunHandle, end: Followed): WorkflowAnswer {
  if ("place" in end) return end;
  if (end.status === "completed") return { outputs: end.outputs };
  throw failed(document, name, end);
}

function failed(workflow: string, name: string, { status, failures }: RunResult): Error {
  const failure = failures[0]?.failure;
  const what = `${status === "cancelled" ? "it was cancelled" : (failure?.message ?? status)} (run ${name})`;
  if (failure === undefined || status === "cancelled")
    return nanobrainError("E_CHILD_FAILED", { workflow, what }, { retryable: false });
  const { kind, retryable } = failure;
  const traits = retryable === undefined ? { kind } : { kind, retryable };
  return nanobrainError("E_CHILD_FAILED", { workflow, what }, { ...traits, cause: failureError(failure) });
}

/** The caller's end is the called run's, too. */
async function cancelling<T>(caller: Caller, handle: RunHandle, follow: () => Promise<T>): Promise<T> {
  const abort = (): void => {
    // What becomes of it is in its own journal; nobody is left here who could be told.
    if (!caller.isLetGo()) handle.cancel(`its caller ${caller.runName} has ended`).catch(() => undefined);
  };
  if (caller.signal.aborted) abort();
  caller.signal.addEventListener("abort", abort, { once: true });
  try {
    return await follow();
  } finally {
    caller.signal.removeEventListener("abort", abort);
  }
}

/** The run of the call: the one that is there already, or a new one. */
async function childOf(parts: CallParts, caller: Caller, call: WorkflowCall): Promise<RunHandle> {
  for (let turn = 0; ; turn++) {
    const id = childId(caller.runId, caller.key, call.name, turn);
    const known = await parts.store.find(id);
    if (known === undefined || known.id !== id) return begin(parts, caller, call, id);
    if (known.status !== "cancelled") return attached(parts, known);
  }
}

/** A failed one is tried again, one that nobody drives goes on here; a paused one waits for whoever paused it. */
async function attached({ isDriven, attach, resume }: CallParts, { id, status }: RunRecord): Promise<RunHandle> {
  const isElsewhere = status === "completed" || status === "paused" || (isDriven(id) && status !== "failed");
  if (isElsewhere) return attach(id, "its caller");
  try {
    return await resume(id);
  } catch (error) {
    // Another process drives it, or has just ended it.
    const code = error instanceof NanobrainError ? error.code : "";
    if (code !== "E_RUN_HELD" && code !== "E_RUN_STATE") throw error;
    return attach(id, "its caller");
  }
}

async function begin(parts: CallParts, caller: Caller, call: WorkflowCall, id: string): Promise<RunHandle> {
  const depth = (await depthOf(parts.store, caller.runId)) + 1;
  if (depth > maxDepth) {
    const what = `workflows call workflows ${maxDepth} deep; does one of them call itself?`;
    throw nanobrainError("E_CHILD_FAILED", { workflow: call.document, what }, { kind: "configuration" });
  }
  const found = projectPath("", call.document);
  if ("problem" in found) throw nanobrainError("E_PATH_REFUSED", { path: call.document, what: found.problem });
  const loaded = await parts.load(found.path, caller.project);
  const { runId: run, runName: name, within, step } = caller;
  const by: JsonObject = { run, name, within, step, call: call.name, depth };
  return parts.start(loaded, call.inputs, { runId: id, runName: childName(caller.runName, call.name, id), caller: by });
}

/** How many calls lead to a run. */
async function depthOf(store: Store, runId: string): Promise<number> {
  const [created] = await store.events(runId, 0, 1);
  const caller: Json | undefined = created?.type === "run.created" ? created.options["caller"] : undefined;
  const depth = typeof caller === "object" && caller !== null ? (caller as { readonly depth?: Json }).depth : 0;
  return typeof depth === "number" ? depth : 0;
}
