import { resolve } from "node:path";
import type { Diagnostic } from "@nanobrain/engine";
import { type Call, flag } from "../call.js";
import { loadOptions } from "../load-options.js";
import { openForChecking, withRuntime } from "../open-runtime.js";
import { printDiagnostics } from "../print-diagnostics.js";
import { printedDiagnostic } from "../views/printed-diagnostic.js";

/** Every fault of every document given; nothing is imported, fetched or written. */
export async function main(call: Call): Promise<number> {
  const found: Diagnostic[] = [];
  for (const file of call.operands) found.push(...(await check(call, file)));
  const faults = found.filter((one) => one.severity === "error").length;
  const { out, err } = call.terminal;
  if (flag(call, "json")) {
    out.line(JSON.stringify({ ok: faults === 0, diagnostics: found.map(printedDiagnostic) }));
    return faults === 0 ? 0 : 2;
  }
  await printDiagnostics(call, err, found);
  if (faults === 0) out.line(call.operands.map((file) => `${file}: ok`).join("\n"));
  return faults === 0 ? 0 : 2;
}

function check(call: Call, file: string): Promise<readonly Diagnostic[]> {
  return withRuntime(openForChecking(call, file), async (runtime) => {
    const options = { ...loadOptions(call), compiled: false };
    return (await runtime.load(resolve(call.terminal.folder, file), options)).diagnostics;
  });
}
