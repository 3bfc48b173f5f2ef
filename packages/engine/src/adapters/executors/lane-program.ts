import type { StepDefinition } from "../../contracts/component.js";
import type { AttemptRequest, ComponentCall } from "../../contracts/executor.js";
import type { Http } from "../../contracts/http.js";
import type { StepCode, StepCodeSpec } from "../../contracts/step-code.js";
import { StopSign } from "../../contracts/stop-sign.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import { failureError } from "../../errors/step-failure.js";
import { networkOf } from "./attempt-network.js";
import { LaneBlobs } from "./lane-blobs.js";
import { type LaneClaims, laneClaims } from "./lane-claims.js";
import { answered, asked, forgetCalls, LaneLine } from "./lane-line.js";
import {
  endOf,
  type FromLane,
  type LaneCommon,
  type LaneEnd,
  type LaneJob,
  type LaneStart,
  type ToLane,
} from "./lane-messages.js";
import { runStep } from "./run-step.js";
import type { UsageMeter } from "./usage-meter.js";

/** The program of a lane: one attempt after the other, each with its own signal; everything else is asked of the host. */
type Current = { readonly job: number; readonly stop: StopSign; readonly line: LaneLine };
/** The way to the host. */
export type LanePort = {
  post(message: FromLane): void;
  /** Resolves when nothing that was posted is under way: it would look like something that the attempt left running. Undefined: nothing is. */
  flushed(): Promise<void> | undefined;
};
type Host = {
  readonly code: StepCode;
  readonly meter: UsageMeter;
  readonly port: LanePort;
  /** Absent: every job that came is this lane's. */
  readonly claims: LaneClaims | undefined;
};

type Next = { readonly job: LaneJob; readonly common: LaneCommon };
const queue: Next[] = [];
let commons: LaneCommon[] = [];
let current: Current | undefined;
const maxTurns = 20;
/** How long ends may be kept back while others are run. */
const keepBackMs = 2;

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
      case "answer":
        answered(message.call, message.value, message.failure);
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
  resources = process.getActiveResourcesInfo();
  let ends: LaneEnd[] = [];
  let toldMs = performance.now();
  const tell = (): void => {
    if (ends.length > 0) host.port.post({ type: "done", ends });
    ends = [];
    toldMs = performance.now();
  };
  for (let next = queue.shift(); next !== undefined && !isSpent; next = queue.shift()) {
    if (host.claims?.take(next.job[0]) === false) continue;
    const before = asked();
    const end = await run(host, next);
    ends.push(end);
    isSpent = end[1].length > 0;
    if (isSpent || asked() > before || performance.now() - toldMs > keepBackMs) tell();
  }
  tell();
  working = false;
}

async function run({ code, meter, port }: Host, next: Next): Promise<LaneEnd> {
  const job = next.job[0];
  const request = requestOf(next);
  const stop = new StopSign();
  const line = new LaneLine(port.post, job, request);
  current = { job, stop, line };
  const blobs = new LaneBlobs(line, request.folders);
  const outcome = await runStep(request, line, stop, { code, blobs, meter, graceMs: Number.POSITIVE_INFINITY });
  flush();
  current = undefined;
  forgetCalls();
  const flushing = port.flushed();
  if (flushing !== undefined) await flushing;
  return endOf(job, isAsBefore() ? nothingLeft : await leftovers(), outcome);
}

/** What ran before the attempt that runs. */
let resources: readonly string[] = [];
const nothingLeft: readonly string[] = [];

function isAsBefore(): boolean {
  const now = process.getActiveResourcesInfo();
  if (added(now).length > 0) return false;
  resources = now;
  return true;
}

/** What runs now and did not before. Files that are just being closed and the like are given some turns to end. */
async function leftovers(): Promise<readonly string[]> {
  for (let turn = 0; turn < maxTurns; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    if (isAsBefore()) return nothingLeft;
  }
  return added(process.getActiveResourcesInfo());
}

function added(now: readonly string[]): readonly string[] {
  const rest = [...resources];
  return now.filter((name) => {
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
    for (const line of lines) current?.line.print(level, line);
    const done = typeof encoding === "function" ? encoding : callback;
    if (typeof done === "function") queueMicrotask(() => done());
    return true;
  };
  stream.write = write as typeof stream.write;
}

/** Logs what was printed without an end of line. */
export function flush(): void {
  for (const level of ["info", "warn"] as const) {
    if (partial[level] !== "") current?.line.print(level, partial[level]);
    partial[level] = "";
  }
}
