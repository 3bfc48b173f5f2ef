import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Failure } from "../../../contracts/failure.js";
import type { StepCodeSpec } from "../../../contracts/step-code.js";
import { classify } from "../../../errors/classify.js";
import { nanobrainError } from "../../../errors/nanobrain-error.js";
import { type Guarded, guardProgram } from "../../../processes/guardian.js";
import { endGroup } from "../../../processes/process-tree.js";
import { treeHeldBytes } from "../../../processes/tree-usage.js";
import { builtUrl } from "../built-url.js";
import { type Carrier, type CarrierEvents, heapLimitMb, memoryText } from "../lane-carrier.js";
import { deathOf } from "./death.js";
import { readFrames, writeFrame } from "./frames.js";
import { outputLines } from "./output-lines.js";
import { processEnvironment } from "./process-environment.js";
import type { FromProcess, ToProcess } from "./process-messages.js";

/** How often the memory of a process is looked at while it runs an attempt. */
const lookMs = 100;
/** How long what a process said last may take to arrive after its end. */
const drainMs = 250;
const mebibyte = 1024 * 1024;

/**
 * A lane's program in a process of its own, which leads a group of its own. P1. `end` leaves nothing of the group, nor of what
 * left it with the mark in its environment. P2. When this process dies, however, the guardian does the same. P3. The process
 * sees none of this one's environment but what `processEnvironment` lets through. P4. Memory is what the process and its
 * children hold beyond what it held before its first attempt.
 */
export class ProcessCarrier implements Carrier {
  readonly #child: ChildProcess;
  readonly #events: CarrierEvents;
  readonly #mark = randomUUID();
  readonly #guarded: Guarded;
  readonly #memoryBytes: number | undefined;
  readonly #lastErrors: () => string;
  #heldAtFirst: number | undefined;
  #fatal: Failure | undefined;
  #dead = false;

  constructor(code: StepCodeSpec, memoryBytes: number | undefined, events: CarrierEvents) {
    this.#events = events;
    this.#memoryBytes = memoryBytes;
    this.#guarded = guardProgram(this.#mark);
    this.#child = startProcess(this.#mark, memoryBytes);
    const child = this.#child;
    if (child.pid !== undefined) this.#guarded.runsAs(child.pid);
    outputLines(child.stdout, (line) => events.printed("info", line));
    this.#lastErrors = outputLines(child.stderr, (line) => events.printed("warn", line));
    child.on("error", (error) => this.#died(classify(error)));
    child.on("exit", (exitCode, signal) => void this.#exited(exitCode, signal));
    this.#channel?.on("error", () => undefined);
    if (this.#channel !== undefined) readFrames(this.#channel, (message) => this.#received(message as FromProcess));
    this.post({ type: "start", code: { ...code, url: builtUrl(code.url) } });
    this.#unref();
  }

  post(message: ToProcess): void {
    const channel = this.#channel;
    if (channel?.writable === true) writeFrame(channel, message);
  }

  occupy(): () => void {
    this.#child.ref();
    for (const stream of this.#streams) stream.ref();
    const timer = this.#memoryBytes === undefined ? undefined : setInterval(() => this.#look(), lookMs).unref();
    return () => {
      clearInterval(timer);
      this.#unref();
    };
  }

  async end(): Promise<void> {
    const { pid } = this.#child;
    if (pid !== undefined) {
      await endGroup(pid, this.#mark, 0);
      this.#child.kill("SIGKILL");
    }
    this.#guarded.ended();
    for (const stream of this.#streams) stream.destroy();
    this.#unref();
  }

  get #channel(): Socket | undefined {
    return (this.#child.stdio as ChildProcess["stdio"] | undefined)?.[3] as Socket | undefined;
  }

  get #streams(): readonly Socket[] {
    const { stdout, stderr } = this.#child;
    return [stdout, stderr, this.#channel].filter((stream) => stream !== null && stream !== undefined) as Socket[];
  }

  #unref(): void {
    this.#child.unref();
    for (const stream of this.#streams) stream.unref();
  }

  #received(message: FromProcess): void {
    if (message.type === "ready") this.#heldAtFirst = treeHeldBytes(this.#child.pid ?? 0);
    else if (message.type === "fatal") this.#fatal ??= message.failure;
    else this.#events.received(message);
  }

  #look(): void {
    const { pid } = this.#child;
    if (pid === undefined || this.#heldAtFirst === undefined || this.#fatal !== undefined) return;
    const heldBytes = (treeHeldBytes(pid) ?? 0) - this.#heldAtFirst;
    const limitBytes = heapLimitMb(this.#memoryBytes ?? 0) * mebibyte;
    if (heldBytes <= limitBytes) return;
    this.#fatal = classify(nanobrainError("E_OUT_OF_MEMORY", { what: memoryText(heldBytes, limitBytes) }));
    const fatal = this.#fatal;
    void this.end().then(() => this.#died(fatal));
  }

  /** What it said last is read before its end counts. */
  async #exited(exitCode: number | null, signal: NodeJS.Signals | null): Promise<void> {
    const ends = this.#streams.map(
      (stream) => new Promise((resolve) => (stream.closed ? resolve(0) : stream.once("close", resolve))),
    );
    await Promise.race([Promise.all(ends), delay(drainMs)]);
    this.#died(
      deathOf({ exitCode, signal, fatal: this.#fatal, lastErrors: this.#lastErrors(), memoryBytes: this.#memoryBytes }),
    );
  }

  #died(cause: Failure): void {
    if (this.#dead) return;
    this.#dead = true;
    this.#events.died(cause);
  }
}

function startProcess(mark: string, memoryBytes: number | undefined): ChildProcess {
  const entry = fileURLToPath(builtUrl(new URL("./process-entry.js", import.meta.url).href));
  const limit = memoryBytes === undefined ? [] : [`--max-old-space-size=${heapLimitMb(memoryBytes)}`];
  return spawn(process.execPath, [...limit, entry], {
    detached: true,
    windowsHide: true,
    env: processEnvironment(process.env, mark),
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
}
