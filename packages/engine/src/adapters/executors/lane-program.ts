import type { StepDefinition } from "../../contracts/component.js";
import type { AttemptRequest, AttemptSink, ComponentCall, WorkflowAnswer } from "../../contracts/executor.js";
import type { Http } from "../../contracts/http.js";
import type { Json } from "../../contracts/json.js";
import type { Amounts, CallNote, CallWish } from "../../contracts/spending.js";
import type { StepCode, StepCodeSpec } from "../../contracts/step-code.js";
import { StopSign } from "../../contracts/stop-sign.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import { failureError } from "../../errors/step-failure.js";
import { secretMask } from "../../values/secret-mask.js";
import { networkOf } from "./attempt-network.js";
import { laneBlobs } from "./lane-blobs.js";
import { type LaneClaims, laneClaims } from "./lane-claims.js";
import {
  endOf,
  type FromLane,
  type LaneCall,
  type LaneCommon,
  type LaneEnd,
  type LaneJob,
  type LaneStart,
  type ToLane,
} from "./lane-messages.js";
import { runStep } from "./run-step.js";
import { attemptLog } from "./step-reports.js";
import type { UsageMeter } from "./usage-meter.js";

/** The program of a lane: one attempt after the other, each with its own signal; everything else is asked of the host. */
type Current = { readonly job: number; readonly stop: StopSign; readonly print: AttemptSink["log"] };
type Pending = { resolve(value: unknown): void; reject(error: Error): void };
/** The way to the host. */
export type LanePort = {
  post(message: FromLane): void;
  /** Resolves when nothing that was posted is under way: it would look like something that the attempt left running. */
  flushed(): Promise<void>;
};
type Host = {
  readonly code: StepCode;
  readonly meter: UsageMeter;
  readonly port: LanePort;
  /** Absent: every job that came is this lane's. */
  readonly claims: LaneClaims | undefined;
};

const pending = new Map<number, Pending>();
type Next = { readonly job: LaneJob; readonly common: LaneCommon };
const queue: Next[] = [];
let commons: LaneCommon[] = [];
let current: Current | undefined;
let calls = 0;
const maxTurns = 20;
/** How long ends may be kept back while others are run. */
const keepBackMs = 1;

export type LaneProgram = {
  receive(message: ToLane): void;
  /** Resolves when the code is loaded, or cannot be. */
  readonly loaded: Promise<unknown>;
};

/** Starts the program: once in a thread or process, which is its own from then on. */
export function startLane(port: LanePort, start: LaneStart, meter: UsageMeter): LaneProgram {
  const loading = loadCode(start.code);
  const claims = start.claims && laneClaims(start.claims);
  const host: Host = { code: remembering(lazily(loading)), meter, port, claims };
  capture(process.stdout, "info");
  capture(process.stderr, "warn");
  const receive = (message: ToLane): void => {
    switch (message.type) {
      case "run":
        take(message);
        if (!working) void work(host);
        break;
      case "abort":
        if (current?.job === message.job) current.stop.raise(failureError(message.reason));
        break;
      case "answer": {
        const call = pending.get(message.call);
        pending.delete(message.call);
        if (message.failure === undefined) call?.resolve(message.value);
        else call?.reject(failureError(message.failure));
      }
    }
  };
  return { receive, loaded: loading.catch(() => undefined) };
}

/** Loading starts with the lane; a fault in it is a failure of each attempt, not of the lane. */
function lazily(loading: Promise<StepCode>): StepCode {
  return {
    find: async (component, folders) => (await loading).find(component, folders),
    http: (around) => {
      const loaded = async (): Promise<Http> => networkOf(await loading)(around);
      return {
        fetch: async (request) => (await loaded()).fetch(request),
        open: async (request) => (await loaded()).open(request),
      };
    },
  };
}

async function loadCode(spec: StepCodeSpec): Promise<StepCode> {
  const loaded = (await import(spec.url)) as { readonly [name: string]: unknown };
  const open = loaded[spec.export];
  if (typeof open !== "function")
    throw nanobrainError("E_INTERNAL", { what: `${spec.export} is no function of the step code` });
  return (open as (data: unknown) => StepCode | Promise<StepCode>)(spec.data);
}

/** Code found so lately is not looked for again: an edited file is seen a moment later. */
const freshMs = 1000;
const found = new WeakMap<ComponentCall, { readonly definition: StepDefinition; readonly atMs: number }>();

function remembering(code: StepCode): StepCode {
  return {
    ...code,
    find(component, at) {
      const known = found.get(component);
      if (known !== undefined && performance.now() - known.atMs < freshMs) return known.definition;
      return Promise.resolve(code.find(component, at)).then((definition) => {
        found.set(component, { definition, atMs: performance.now() });
        return definition;
      });
    },
  };
}

let working = false;
/** An attempt left something running: this lane begins nothing more. */
let isSpent = false;

function take({ fresh, commons: added, jobs }: Extract<ToLane, { readonly type: "run" }>): void {
  if (fresh) commons = [];
  for (const common of added) {
    Object.freeze(common.inputPorts);
    Object.freeze(common.outputPorts);
    commons.push(common);
  }
  for (const job of jobs) queue.push({ job, common: commons[job[1]] as LaneCommon });
}

const nothing = Object.freeze({});

function requestOf({ job, common }: Next): AttemptRequest {
  const [, , id, idempotencyKey, step, attempt, startedAt, inputs, extras] = job;
  const request: { -readonly [Key in keyof AttemptRequest]: AttemptRequest[Key] } = {
    id,
    component: common.component,
    inputs,
    inputPorts: common.inputPorts,
    outputPorts: common.outputPorts,
    attempt,
    idempotencyKey,
    runId: common.runId,
    step,
    folders: common.folders,
    secrets: extras?.secrets ?? nothing,
    effects: extras?.effects ?? nothing,
  };
  if (startedAt !== undefined) request.startedAt = startedAt;
  if (extras?.emitted !== undefined) request.emitted = extras.emitted;
  if (common.memoryBytes !== undefined) request.memoryBytes = common.memoryBytes;
  return request;
}

/** One after the other. What has ended is told together, when nothing is left to run or after a moment. */
async function work(host: Host): Promise<void> {
  working = true;
  let ends: LaneEnd[] = [];
  let toldMs = performance.now();
  const tell = (): void => {
    if (ends.length > 0) host.port.post({ type: "done", ends });
    ends = [];
    toldMs = performance.now();
  };
  for (let next = queue.shift(); next !== undefined && !isSpent; next = queue.shift()) {
    if (host.claims?.take(next.job[0]) === false) continue;
    const before = calls;
    ends.push(await run(host, next));
    isSpent = (ends.at(-1)?.[1].length ?? 0) > 0;
    if (isSpent || calls > before || performance.now() - toldMs > keepBackMs) tell();
  }
  tell();
  working = false;
}

async function run({ code, meter, port }: Host, next: Next): Promise<LaneEnd> {
  const job = next.job[0];
  const request = requestOf(next);
  const post = port.post.bind(port);
  const ask = (method: LaneCall["method"], ...args: readonly unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      calls += 1;
      pending.set(calls, { resolve, reject });
      post({ type: "call", job, call: calls, method, args });
    });
  const sink: AttemptSink = {
    effect: (name: string, value: Json, note?: CallNote) => ask("effect", name, value, note).then(() => undefined),
    reserve: (name: string, wish: CallWish | null) => ask("reserve", name, wish) as Promise<Amounts>,
    emit: (port, index, value) => ask("emit", port, index, value).then(() => undefined),
    callWorkflow: (call) => ask("callWorkflow", call) as Promise<WorkflowAnswer>,
    log: (level, text) => post({ type: "log", job, level, text }),
    warn: (text) => post({ type: "warn", job, text }),
    progress: (fraction, note) => post({ type: "progress", job, fraction, note }),
  };
  const stop = new StopSign();
  const before = process.getActiveResourcesInfo();
  current = { job, stop, print: attemptLog(sink, secretMask(request.secrets)) };
  const around = { code, blobs: laneBlobs(ask, request.folders), meter, graceMs: Number.POSITIVE_INFINITY };
  const outcome = await runStep(request, sink, stop, around);
  flush();
  current = undefined;
  pending.clear();
  await port.flushed();
  return endOf(job, await leftovers(before), outcome);
}

/** What runs now and did not before. Files that are just being closed and the like are given some turns to end. */
async function leftovers(before: readonly string[]): Promise<readonly string[]> {
  let found = added(before);
  for (let turn = 0; found.length > 0 && turn < maxTurns; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    found = added(before);
  }
  return found;
}

function added(before: readonly string[]): readonly string[] {
  const rest = [...before];
  return process.getActiveResourcesInfo().filter((name) => {
    const at = rest.indexOf(name);
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
}

const partial: { [level in "info" | "warn"]: string } = { info: "", warn: "" };

/** What an attempt prints becomes lines of its log. */
function capture(stream: NodeJS.WriteStream, level: "info" | "warn"): void {
  const write = (chunk: string | Uint8Array, encoding?: unknown, callback?: unknown): boolean => {
    const lines = (partial[level] + (typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8"))).split(
      "\n",
    );
    partial[level] = lines.pop() ?? "";
    for (const line of lines) current?.print(level, line);
    const done = typeof encoding === "function" ? encoding : callback;
    if (typeof done === "function") queueMicrotask(() => done());
    return true;
  };
  stream.write = write as typeof stream.write;
}

/** Logs what was printed without an end of line. */
export function flush(): void {
  for (const level of ["info", "warn"] as const) {
    if (partial[level] !== "") current?.print(level, partial[level]);
    partial[level] = "";
  }
}
