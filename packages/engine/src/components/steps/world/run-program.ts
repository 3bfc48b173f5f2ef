import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { guardProgram } from "../../../processes/guardian.js";
import { endGroup, groupLives, markVariable, signalGroup } from "../../../processes/process-tree.js";
import type { ProgramUsage } from "../../../processes/tree-usage.js";
import { boundedOutput } from "./bounded-output.js";
import { sampleUsage } from "./usage-samples.js";

export type ProgramRequest = {
  /** Path of the file to run, and the name it sees as its own. */
  readonly path: string;
  readonly name: string;
  readonly arguments: readonly string[];
  /** Its whole environment; only the mark by which its children are found is added. */
  readonly environment: { readonly [name: string]: string };
  readonly folder: string;
  /** Path of the file that becomes its standard input; a file, as a program may not open Node's pipes by name. Absent: an empty one. */
  readonly stdin?: string;
  /** Of standard output and of standard error, each. */
  readonly maxOutputBytes: number;
  /** How long it may take to end after SIGTERM. */
  readonly graceMs: number;
  readonly signal: AbortSignal;
  /** Called with each line of standard error as it comes, and with each piece of a very long one. */
  readonly onErrorLine?: (line: string, isPiece: boolean) => void;
  /** Called once with what a program that was started has used, however it ended: at least that much. */
  readonly onUsage?: (usage: ProgramUsage) => void;
};

export type ProgramEnd =
  | {
      readonly status: "ended";
      /** Null when a signal ended it. */
      readonly exitCode: number | null;
      readonly signalName: string | null;
      readonly stdout: Buffer;
      readonly stderr: Buffer;
    }
  | { readonly status: "flooded"; readonly stream: "stdout" | "stderr" }
  | { readonly status: "aborted" }
  | { readonly status: "not_started"; readonly cause: unknown };

let programs = 0;

/** Of this attempt's programs alone, on this machine. */
export function freshMark(): string {
  programs += 1;
  return `${process.pid}-${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}-${programs}`;
}

/** How long children may go on writing after the program itself has ended normally. */
const drainMs = 100;
const closeMs = 1_000;

/**
 * Runs a program without a shell and resolves when it and all its children have ended. Never rejects.
 * R1. The argument vector reaches the program byte for byte. R2. An abort or a flood of output ends the whole process
 * group. R3. Children that outlive a normal end are ended. R4. At most `maxOutputBytes` of each stream are held.
 */
export async function runProgram(request: ProgramRequest): Promise<ProgramEnd> {
  if (request.signal.aborted) return { status: "aborted" };
  const mark = freshMark();
  const guarded = guardProgram(mark);
  try {
    const child = start(request, mark);
    if (child.pid === undefined) return { status: "not_started", cause: await errorOf(child) };
    guarded.runsAs(child.pid);
    return await endingOf(child, child.pid, mark, request);
  } catch (cause) {
    return { status: "not_started", cause };
  } finally {
    guarded.ended();
  }
}

function start(request: ProgramRequest, mark: string): ChildProcess {
  const { stdin } = request;
  const input = stdin === undefined ? "ignore" : openSync(stdin, "r");
  const stdio: StdioOptions = [input, "pipe", "pipe"];
  try {
    return spawn(request.path, [...request.arguments], {
      argv0: request.name,
      cwd: request.folder,
      env: { ...request.environment, [markVariable]: mark },
      detached: true,
      shell: false,
      windowsHide: true,
      stdio,
    });
  } finally {
    if (typeof input === "number") closeSync(input);
  }
}

function errorOf(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve) => child.once("error", resolve));
}

type Exit = { readonly exitCode: number | null; readonly signalName: string | null };

async function endingOf(child: ChildProcess, pid: number, mark: string, request: ProgramRequest): Promise<ProgramEnd> {
  const exit = new Promise<Exit>((resolve) =>
    child.once("exit", (exitCode, signalName) => resolve({ exitCode, signalName })),
  );
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const output = boundedOutput(child, request.maxOutputBytes, request.onErrorLine);
  const abort = whenAborted(request.signal);
  const usage = sampleUsage(child, pid);
  try {
    const first = await Promise.race([exit, output.flooded, abort.aborted]);
    if ("exitCode" in first) await Promise.race([closed, drained(pid)]);
    else {
      usage.take();
      signalGroup(pid, "SIGTERM");
    }
    await endGroup(pid, mark, request.graceMs);
    await Promise.race([closed, delay(closeMs)]);
    if (!("exitCode" in first)) return first;
    return output.floodedStream() ?? { status: "ended", ...first, ...output.taken() };
  } finally {
    abort.stop();
    request.onUsage?.(usage.stop());
    child.stdout?.destroy();
    child.stderr?.destroy();
  }
}

async function drained(pid: number): Promise<void> {
  if (groupLives(pid)) await delay(drainMs);
}

function whenAborted(signal: AbortSignal): { readonly aborted: Promise<{ readonly status: "aborted" }>; stop(): void } {
  let listener = (): void => undefined;
  const aborted = new Promise<{ readonly status: "aborted" }>((resolve) => {
    listener = () => resolve({ status: "aborted" });
  });
  signal.addEventListener("abort", listener, { once: true });
  return { aborted, stop: () => signal.removeEventListener("abort", listener) };
}
