import { existsSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { join, resolve } from "node:path";
import { builtUrl } from "../adapters/executors/built-url.js";
import { type OlderFiles, openHttp } from "../adapters/http/open-http.js";
import type { MemoryStore } from "../adapters/stores/memory/memory-store.js";
import { Admission } from "../admit/admission.js";
import type { GrowingRegistry } from "../components/registry.js";
import type { Blobs } from "../contracts/blobs.js";
import type { ComponentCall, Executor } from "../contracts/executor.js";
import type { HttpRecordings, OpenHttp } from "../contracts/http.js";
import type { StepCodeSpec } from "../contracts/step-code.js";
import type { Store } from "../contracts/store.js";
import { type NanobrainError, nanobrainError } from "../errors/nanobrain-error.js";
import { Commits } from "../host/commits.js";
import type { Driver } from "../host/driver.js";
import type { HostParts } from "../host/parts.js";
import { Values } from "../values/values.js";
import { EngineRuntime, type Pieces } from "./engine-runtime.js";
import type { ExpressDesk, ExpressDeskParts } from "./express/express-desk.js";
import { fingerprints } from "./fingerprints.js";
import type { LaneCodeData } from "./lane-code.js";
import { lazyExecutor } from "./lazy-executor.js";
import { makeFolder } from "./make-folder.js";
import type { Runtime, RuntimeOptions } from "./runtime.js";

/** Attempts of steps that run on the event loop, at most. Bounded beats unbounded. */
const LOCAL_LANES = 1024;
/** Longer than a program is given to end when it is asked to, so that no retry overlaps with it. */
const LOCAL_GRACE_MS = 5000;

/** The engine with its parts put together. Everything it opens is closed by `close()`. */
export async function createRuntime(options: RuntimeOptions = {}): Promise<Runtime> {
  const clock = options.clock ?? (await import("../adapters/clock/system-clock.js")).systemClock;
  const registry = await openRegistry(options);
  const { store, blobs, folder, close } = await openStorage(options);
  const recordings = await openRecordings(options);
  const http = options.http?.open ?? openHttp(recordings);
  const executors = await openExecutors(options, registry, blobs, folder, { http, recordings });
  const drivers = new Map<string, Driver>();
  const environment = options.environment ?? process.env;
  const parts: HostParts = {
    store,
    blobs,
    clock,
    executors,
    admission: new Admission(
      { ...options.pools },
      { cpu: availableParallelism(), memory: totalmem(), ...laneSizes(executors) },
    ),
    secrets: await openSecrets(environment),
    values: new Values(blobs),
    commits: new Commits({ store, clock, defer: setImmediate, complain }),
    fingerprint: fingerprints(registry),
    ledgerOf: (runId) => drivers.get(runId)?.ledger,
    offer: (runId) => {
      const driver = drivers.get(runId);
      if (driver === undefined) desk?.offer(runId);
      else driver.stir();
    },
    callWorkflow: async (caller, call) => {
      const { callInRuntime } = await import("./calls/runtime-calls.js");
      return callInRuntime(runtime, { parts, drivers }, caller, call);
    },
  };
  let desk: ExpressDesk | undefined;
  const way = await expressWay(options, parts, http);
  const express: Pieces["express"] =
    way === undefined
      ? undefined
      : (it) => {
          desk = way(it);
          return desk;
        };
  const runtime = new EngineRuntime({
    parts,
    registry,
    options,
    folder,
    drivers,
    environment,
    closeStorage: close,
    express,
  });
  return runtime;
}

/** Runs may do without a driver, as long as all goes well, where nothing of the caller's own is to see each of their steps. */
async function expressWay(options: RuntimeOptions, parts: HostParts, http: OpenHttp): Promise<Pieces["express"]> {
  const { executors, wrapExecutor, clock, store = "memory" } = options;
  if (executors !== undefined || wrapExecutor !== undefined || clock !== undefined || typeof store !== "string")
    return undefined;
  const { ExpressDesk } = await import("./express/express-desk.js");
  const shelf = store === "memory" ? await shelfInMemory(parts.store) : await shelfOnDisk(parts);
  return (it) => new ExpressDesk({ ...it, shelf, http, graceMs: LOCAL_GRACE_MS });
}

async function shelfInMemory(store: Store): Promise<ExpressDeskParts["shelf"]> {
  const { memoryShelf } = await import("./express/memory-shelf.js");
  return () => memoryShelf(store as MemoryStore);
}

async function shelfOnDisk({ store, clock }: HostParts): Promise<ExpressDeskParts["shelf"]> {
  const { diskShelf } = await import("./express/disk-shelf.js");
  const { ExpressCommits } = await import("./express/express-commits.js");
  const commits = new ExpressCommits({ store, clock, defer: setImmediate, complain });
  return (isContended) => diskShelf({ store, commits, isContended });
}

async function openRegistry(options: RuntimeOptions): Promise<GrowingRegistry> {
  const { createRegistry } = await import("../components/registry.js");
  const described = options.project === undefined ? undefined : await describedModules(options.project);
  const { packs = [], steps = [], functions = {} } = options;
  return createRegistry({ packs, definitions: steps, functions, ...described });
}

async function describedModules(project: string) {
  const { readModulePorts } = await import("./project-registry.js");
  return readModulePorts(project);
}

type Storage = {
  readonly store: Store;
  readonly blobs: Blobs;
  /** The store's folder; null: in memory. */
  readonly folder: string | null;
  close(): Promise<void>;
};

async function openStorage(options: RuntimeOptions): Promise<Storage> {
  const wanted = options.store ?? "memory";
  if (typeof wanted === "string" && wanted !== "memory") {
    const folder = resolve(wanted);
    makeFolder(folder);
    const { openSqliteStore } = await import("../adapters/stores/sqlite/sqlite-store.js");
    const { openFileBlobs } = await import("../adapters/blobs/file-blobs.js");
    const store = await openSqliteStore({ folder });
    return { store, blobs: openFileBlobs(join(folder, "blobs")), folder, close: () => store.close() };
  }
  const { openMemoryBlobs } = await import("../adapters/blobs/memory-blobs.js");
  const blobs = openMemoryBlobs();
  const { openMemoryStore } = await import("../adapters/stores/memory/memory-store.js");
  const store = typeof wanted === "string" ? openMemoryStore() : wanted;
  const close = async (): Promise<void> => {
    await blobs.close();
    if (wanted === "memory") await store.close();
  };
  return { store, blobs, folder: null, close };
}

type Recordings = HttpRecordings & { readonly older?: OlderFiles };
type Network = { readonly http: OpenHttp; readonly recordings: Recordings | undefined };

/** What is recorded from now on takes the place of what is there now, whichever thread or process records it. */
async function openRecordings({ http }: RuntimeOptions): Promise<Recordings | undefined> {
  if (http === undefined) return undefined;
  const { mode } = http;
  const folder = resolve(http.folder);
  const { olderFiles } = await import("../adapters/http/recording-files.js");
  if (mode === "replay" && !existsSync(folder))
    throw nanobrainError("E_USAGE", { problem: `There is no folder ${http.folder} with recordings of HTTP` });
  return mode === "record" ? { mode, folder, older: olderFiles(folder) } : { mode, folder };
}

async function openExecutors(
  options: RuntimeOptions,
  registry: GrowingRegistry,
  blobs: Blobs,
  folder: string | null,
  { http, recordings }: Network,
): Promise<{ [name: string]: Executor }> {
  const { createLocalExecutor } = await import("../adapters/executors/local/local-executor.js");
  const { createThreadExecutor } = await import("../adapters/executors/thread/thread-executor.js");
  const { createModules } = await import("../adapters/modules/modules.js");
  const { createStepCode } = await import("../components/step-code.js");
  const cacheFolder = folder === null ? null : join(folder, "modules");
  const modules = options.modules === false ? {} : { modules: createModules({ cacheFolder }) };
  const local = createLocalExecutor({
    code: createStepCode({ registry, http, ...modules }),
    blobs,
    lanes: LOCAL_LANES,
    graceMs: LOCAL_GRACE_MS,
    watched: options.clock === undefined,
  });
  const lanes = Math.max(1, Math.floor(options.pools?.["cpu"] ?? availableParallelism()));
  const inMemory = {
    executor: local,
    owns: ({ class: name, module, config }: ComponentCall) =>
      registry.isOwn(name) || (module === undefined && registry.isOwnFunction(String(config["function"]))),
  };
  const laneOptions = {
    blobs,
    lanes,
    /** Made when a lane starts: where packs lie is looked up on the disk. */
    get code(): StepCodeSpec {
      return laneCode(options, cacheFolder, recordings);
    },
    inMemory,
  };
  const thread = createThreadExecutor(laneOptions);
  const apart = lazyExecutor("process", lanes, async () => {
    const { createProcessExecutor } = await import("../adapters/executors/process/process-executor.js");
    return createProcessExecutor({ ...laneOptions, graceMs: LOCAL_GRACE_MS });
  });
  const executors = { local, thread, process: apart, ...options.executors };
  const wrap = options.wrapExecutor;
  if (wrap === undefined) return executors;
  const wrapped = Object.entries(executors).map(([name, one]) => [name, wrap(one, { blobs, registry })]);
  return Object.fromEntries(wrapped) as { [name: string]: Executor };
}

function laneCode(
  options: RuntimeOptions,
  cacheFolder: string | null,
  recordings: Recordings | undefined,
): StepCodeSpec {
  const packs = (options.packs ?? []).map((pack) => builtUrl(pack.url));
  const http = recordings === undefined ? {} : { http: recordings };
  const data: LaneCodeData = { cacheFolder, modules: options.modules !== false, packs, ...http };
  return { url: new URL("./lane-code.js", import.meta.url).href, export: "laneStepCode", data };
}

/** Shown as a warning of the process: no run's journal can hold it now. */
function complain(error: NanobrainError): void {
  process.emitWarning(error.message, { code: error.code });
}

/** One lane per attempt of each executor. */
function laneSizes(executors: { readonly [name: string]: Executor }): { [pool: string]: number } {
  return Object.fromEntries(Object.entries(executors).map(([name, executor]) => [`lanes:${name}`, executor.lanes]));
}

/** The environment, a folder of files, and `.env` beside the document. */
async function openSecrets(env: NonNullable<RuntimeOptions["environment"]>): Promise<HostParts["secrets"]> {
  const { createSecrets } = await import("../adapters/secrets/secrets.js");
  const folder = env["NANOBRAIN_SECRETS"];
  return (project) =>
    createSecrets({ env, dotenv: join(project, ".env"), ...(folder === undefined ? {} : { folder }) });
}
