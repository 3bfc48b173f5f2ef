import { resolve } from "node:path";
import type { Loaded, Runtime } from "@nanobrain/engine";
import type { Call } from "./call.js";
import { loadOptions } from "./load-options.js";
import { printDiagnostics } from "./print-diagnostics.js";

/** Undefined: one of them has faults, which were printed. */
export async function loadDocuments(
  call: Call,
  runtime: Runtime,
  files: readonly string[],
): Promise<readonly Loaded[] | undefined> {
  const documents: Loaded[] = [];
  for (const file of files) {
    const loaded = await runtime.load(resolve(call.terminal.folder, file), loadOptions(call));
    await printDiagnostics(call, call.terminal.err, loaded.diagnostics);
    documents.push(loaded);
  }
  return documents.some((loaded) => loaded.plan === undefined) ? undefined : documents;
}
