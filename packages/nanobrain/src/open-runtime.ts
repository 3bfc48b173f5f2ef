import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { createRuntime, nanobrainError, type Runtime, type RuntimeOptions } from "@nanobrain/engine";
import { pack } from "@nanobrain/library/pack";
import { type Call, flag, text } from "./call.js";
import { storePlace } from "./store-place.js";

/** A runtime for a document, with its store; the store is made where there is none. */
export function openForDocument(call: Call, document: string): Promise<Runtime> {
  const store = storePlace(call, document);
  return createRuntime({
    ...optionsOf(call),
    project: dirname(resolve(call.terminal.folder, document)),
    ...(store === undefined ? {} : { store }),
  });
}

/** A runtime that loads documents and touches nothing: its store is in memory. */
export function openForChecking(call: Call, document: string): Promise<Runtime> {
  return createRuntime({
    ...optionsOf(call),
    project: dirname(resolve(call.terminal.folder, document)),
    store: "memory",
  });
}

/** A runtime over an existing store. Fails with E_RUN_UNKNOWN when there is none. */
export function openExisting(call: Call, run: string): Promise<Runtime> {
  const store = storePlace(call);
  if (store === undefined || !existsSync(store)) {
    const place = store ?? "this folder and those above it (no .nanobrain there; --store names one)";
    throw nanobrainError("E_RUN_UNKNOWN", { run, place });
  }
  return createRuntime({ ...optionsOf(call), store });
}

function optionsOf(call: Call): RuntimeOptions {
  const http = recordingsOf(call);
  return {
    packs: [pack],
    modules: !flag(call, "no-modules"),
    environment: call.terminal.environment,
    ...(http === undefined ? {} : { http }),
  };
}

function recordingsOf(call: Call): RuntimeOptions["http"] {
  const [record, replay] = [text(call, "record-http"), text(call, "replay-http")];
  const folder = record ?? replay;
  if (folder === undefined) return undefined;
  const isBoth = record !== undefined && replay !== undefined;
  if (isBoth && resolve(call.terminal.folder, record) !== resolve(call.terminal.folder, replay))
    throw nanobrainError("E_USAGE", { problem: "Cannot record into one folder and replay another: name one for both" });
  const mode = isBoth ? "auto" : record === undefined ? "replay" : "record";
  return { mode, folder: resolve(call.terminal.folder, folder) };
}

/** A runtime that knows the classes of all packs, and has no runs. */
export function openForNames(): Promise<Runtime> {
  return createRuntime({ packs: [pack], store: "memory" });
}

/** Opens, uses and closes. */
export async function withRuntime<T>(opening: Promise<Runtime>, use: (runtime: Runtime) => Promise<T>): Promise<T> {
  const runtime = await opening;
  try {
    return await use(runtime);
  } finally {
    await runtime.close();
  }
}
