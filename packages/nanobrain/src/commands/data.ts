import { copyFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { isFileValue, type Json, nanobrainError, type Runtime } from "@nanobrain/engine";
import { findValue } from "@nanobrain/engine/observe";
import { type Call, flag, operand, text } from "../call.js";
import { nameHint } from "../name-hint.js";
import { openExisting, withRuntime } from "../open-runtime.js";

/**
 * Prints a value: text as it is, a file as the path of its bytes, all else as JSON, indented on a terminal. With `--out`
 * the text, bytes or JSON go to a file.
 */
export function main(call: Call): Promise<number> {
  const run = operand(call, 0);
  const reference = operand(call, 1);
  return withRuntime(openExisting(call, run), async (runtime) => {
    const { plan, events } = await runtime.look(run);
    const found = findValue(plan, events, reference);
    if ("problem" in found) {
      const hint =
        found.known.length === 0
          ? `The reason: nanobrain why ${run} ${stepOf(reference)}`
          : await nameHint(reference, found.known);
      throw nanobrainError("E_USAGE", { problem: `Cannot show ${reference}: ${found.problem}` }, { hint });
    }
    const whole = await runtime.value(found.handle);
    await deliver(call, runtime, found.index === null ? whole : itemOf(whole, found.index));
    return 0;
  });
}

/** `outer[3]/inner` of `outer[3]/inner.port`. */
function stepOf(reference: string): string {
  const dot = reference.indexOf(".", reference.lastIndexOf("/") + 1);
  return dot < 0 ? reference : reference.slice(0, dot);
}

function itemOf(value: Json, index: number): Json {
  return Array.isArray(value) ? ((value as readonly Json[])[index] ?? null) : value;
}

async function deliver(call: Call, runtime: Runtime, value: Json): Promise<void> {
  const { out, err, folder } = call.terminal;
  const target = text(call, "out");
  if (target === undefined) {
    out.line(flag(call, "json") ? JSON.stringify(value) : await printed(runtime, value, out.isTerminal ? 2 : 0));
    return;
  }
  const path = resolve(folder, target);
  if (isFileValue(value)) await copyFile(await runtime.blobs.path(value.$file), path);
  else await writeFile(path, typeof value === "string" ? value : `${JSON.stringify(value, null, 2)}\n`);
  err.line(`written to ${path}`);
}

async function printed(runtime: Runtime, value: Json, indent: number): Promise<string> {
  if (isFileValue(value)) return runtime.blobs.path(value.$file);
  return typeof value === "string" ? value : JSON.stringify(value, null, indent);
}
