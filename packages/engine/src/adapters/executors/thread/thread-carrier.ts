import { Worker } from "node:worker_threads";
import type { Failure } from "../../../contracts/failure.js";
import type { StepCodeSpec } from "../../../contracts/step-code.js";
import { classify } from "../../../errors/classify.js";
import { NanobrainError, nanobrainError } from "../../../errors/nanobrain-error.js";
import { endMarked, markVariable } from "../../../processes/process-tree.js";
import { builtUrl } from "../built-url.js";
import { type Carrier, type CarrierEvents, heapLimitMb, memoryText } from "../lane-carrier.js";
import { laneClaims } from "../lane-claims.js";
import type { FromLane, LaneStart } from "../lane-messages.js";
import { watchMemory } from "./memory-watch.js";

/** A thread that does not end because it is inside a call of the system is left behind after this long. */
const maxEndingMs = 1_000;
const mebibyte = 1024 * 1024;

let opened = 0;

/** A lane's program on a thread of this process. Programs that it starts are known by a mark in their environment (Linux). */
export function openThread(code: StepCodeSpec, memoryBytes: number | undefined, events: CarrierEvents): Carrier {
  const claims = laneClaims();
  const mark = `thread-${process.pid}-${performance.timeOrigin}-${opened++}`;
  const worker = startWorker(code, memoryBytes, claims.memory, mark);
  let fatal: unknown;
  let occupied = false;
  const died = (error: unknown, exitCode?: number): void => events.died(causeOfDeath(error, exitCode, memoryBytes));
  const end = async (): Promise<void> => {
    await bounded(worker.terminate(), maxEndingMs);
    worker.unref();
    if (occupied) await endMarked(process.pid, mark);
  };
  const condemn = (error: unknown): void => {
    fatal = error;
    void end().then(() => died(error));
  };
  worker.on("message", (message: FromLane) => events.received(message));
  worker.on("messageerror", condemn);
  worker.on("error", (error) => {
    fatal = error;
  });
  worker.on("exit", (exitCode) => died(fatal, exitCode));
  worker.unref();
  return {
    claims,
    post: (message) => worker.postMessage(message),
    occupy() {
      worker.ref();
      occupied = true;
      const unwatch = watch(worker, memoryBytes, condemn);
      return () => {
        unwatch();
        occupied = false;
        worker.unref();
      };
    },
    end,
  };
}

function startWorker(
  code: StepCodeSpec,
  memoryBytes: number | undefined,
  claims: SharedArrayBuffer,
  mark: string,
): Worker {
  const start: LaneStart = { code: { ...code, url: builtUrl(code.url) }, claims };
  return new Worker(new URL(builtUrl(new URL("./thread-entry.js", import.meta.url).href)), {
    name: "nanobrain-lane",
    workerData: start,
    // Flags of the host, such as a test runner's or an inspector's, are not the lane's.
    execArgv: [],
    argv: [],
    env: { ...process.env, [markVariable]: mark },
    // What is printed is taken up inside (`lane-program`). Reading these streams would keep the process alive.
    stdout: true,
    stderr: true,
    ...(memoryBytes === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: heapLimitMb(memoryBytes) } }),
  });
}

/** Buffers lie outside the heap that the thread's own limit counts. */
function watch(worker: Worker, memoryBytes: number | undefined, condemn: (error: unknown) => void): () => void {
  if (memoryBytes === undefined) return () => undefined;
  const limitBytes = heapLimitMb(memoryBytes) * mebibyte;
  return watchMemory(worker, limitBytes, (bytes) => {
    condemn(nanobrainError("E_OUT_OF_MEMORY", { what: memoryText(bytes, limitBytes) }));
  });
}

function causeOfDeath(error: unknown, exitCode: number | undefined, memoryBytes: number | undefined): Failure {
  const cause = error === undefined ? undefined : classify(error);
  if (error instanceof NanobrainError) return classify(error);
  if (cause?.code === "E_OUT_OF_MEMORY") {
    const limit =
      memoryBytes === undefined ? "heap limit of its thread" : `heap limit of ${heapLimitMb(memoryBytes)} MiB`;
    return classify(nanobrainError("E_OUT_OF_MEMORY", { what: limit }));
  }
  const what = cause === undefined ? `process.exit(${exitCode ?? 0}) was called` : `uncaught ${cause.message}`;
  return classify(nanobrainError("E_LANE_DIED", { what }, cause === undefined ? {} : { cause }));
}

async function bounded(ending: Promise<unknown>, maxMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, maxMs);
  });
  await Promise.race([ending, late]);
  clearTimeout(timer);
}
