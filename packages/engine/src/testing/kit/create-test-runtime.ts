import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve, sep } from "node:path";
import { openHttp } from "../../adapters/http/open-http.js";
import type { RecordedHttp } from "../../adapters/http/record-http.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import { createRuntime } from "../../runtime/create-runtime.js";
import type { LoadOptions, Runtime, RuntimeOptions } from "../../runtime/runtime.js";
import { SimulatedClock } from "../simulated-clock.js";
import { FakeWorld, type RecordedCall, shortOf } from "./fake-world.js";
import type { Fake } from "./fakes.js";

export type TestRuntimeOptions = Omit<RuntimeOptions, "clock" | "wrapExecutor" | "environment" | "http"> & {
  /** What stands in for classes of steps, by short or dotted name, or `./module.ts#Export`. */
  readonly fakes?: { readonly [name: string]: Fake };
  /** Default: a clock of its own, at the beginning of 2026. */
  readonly clock?: SimulatedClock;
  /** Values of `${NAME}` and `${secret:NAME}`; nothing of this process's environment is seen. */
  readonly environment?: { readonly [name: string]: string };
  readonly secrets?: { readonly [name: string]: string };
  /** Files by path, in a folder that is the project's, then: documents are looked for there. */
  readonly files?: { readonly [path: string]: string | Uint8Array };
  /** Answers for all that steps send over HTTP. Without it they call the network. */
  readonly http?: RecordedHttp;
};

/** A runtime in a folder of its own, with a clock that moves when it is told to. */
export type TestRuntime = Runtime & {
  readonly clock: SimulatedClock;
  /** A folder of its own, where `files` are, and the files of workflows built in TypeScript; removed by `close`. */
  readonly folder: string;
  /** Attempts so far, in order of their start: all, or those of a class (short or dotted) or of a step. */
  calls(classOrStep?: string): readonly RecordedCall[];
  /** Resolves when nothing goes on any more that the clock would not have to move on. */
  settled(): Promise<void>;
};

/** Turns of the event loop without work before it counts as settled: what is awaited in between starts within one. */
const quietTurns = 4;

/** The engine for tests: everything is real but the clock and what `fakes` and `http` stand in for. */
export async function createTestRuntime(options: TestRuntimeOptions = {}): Promise<TestRuntime> {
  const { fakes = {}, clock = new SimulatedClock(), environment, secrets, files, http, ...rest } = options;
  const folder = await realpath(await mkdtemp(join(tmpdir(), "nanobrain-test-")));
  const world = new FakeWorld(fakes, http?.open ?? openHttp(undefined), clock);
  try {
    await writeFiles(folder, files ?? {});
    const runtime = await createRuntime({
      ...rest,
      ...(files === undefined ? {} : { project: folder }),
      ...(http === undefined ? {} : { http }),
      clock,
      environment: { ...environment, ...secrets },
      wrapExecutor: (executor, parts) => world.wrap(executor, parts),
    });
    world.check(runtime.registry);
    return assembled(runtime, world, clock, folder, files === undefined ? "." : folder);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

function assembled(
  runtime: Runtime,
  world: FakeWorld,
  clock: SimulatedClock,
  folder: string,
  documents: string,
): TestRuntime {
  const settled = async (): Promise<void> => {
    for (let quiet = 0; quiet < quietTurns; quiet++) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (world.isBusy || runtime.underWay() > world.parked) quiet = -1;
    }
  };
  const detach = clock.attach(settled);
  const close = runtime.close.bind(runtime);
  const load = runtime.load.bind(runtime);
  return Object.assign(runtime, {
    load: (workflow: Parameters<Runtime["load"]>[0], given: LoadOptions = {}) =>
      typeof workflow === "string"
        ? load(resolve(documents, workflow), given)
        : load(workflow, { project: folder, ...given }),
    clock,
    folder,
    settled,
    calls: (name?: string) => (name === undefined ? world.calls : world.calls.filter((call) => isOf(call, name))),
    close: async (given: { readonly drainMs?: number } = {}) => {
      detach();
      await close({ drainMs: 0, ...given });
      await rm(folder, { recursive: true, force: true });
    },
  });
}

function isOf(call: RecordedCall, name: string): boolean {
  return (
    call.class === name ||
    shortOf(call.class) === name ||
    call.step.replace(/\[\d+\]/g, "") === name ||
    call.step === name
  );
}

async function writeFiles(folder: string, files: { readonly [path: string]: string | Uint8Array }): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const full = resolve(folder, path);
    if (relative(folder, full).split(sep)[0] === "..")
      throw nanobrainError("E_USAGE", { problem: `File ${path} does not lie in the project's folder` });
    await mkdir(dirname(full), { recursive: true });
    await writeFile(full, content);
  }
}
