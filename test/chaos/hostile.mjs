// Gives each hostile value to the engine by one way (Give, Emit, Record, Input) on one executor; a line for each says what came of it.
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { createRuntime } from "@nanobrain/engine";
import { hostileValues } from "./hostile-values.mjs";

const [folder, way, executor] = process.argv.slice(2);
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const runtime = await createRuntime({ store: join(folder, "store"), environment: process.env });

// Inputs may be larger than what a step may give.
const refusals = way === "Input" ? ["E_INPUT", "E_OUTPUT_VALUE"] : ["E_OUTPUT_VALUE"];

/** What came of it otherwise than documented; empty: nothing. */
function faultOf({ json, path, says }, { status, outputs, failures }) {
  if (json !== undefined)
    return isDeepStrictEqual(outputs, { out: json }) ? "" : `${status} with ${JSON.stringify(outputs).slice(0, 300)}`;
  const failure = failures[0]?.failure;
  if (status !== "failed" || !refusals.includes(failure?.code)) return `${status}: ${failure?.message}`;
  return [says].flat().some((text) => failure.message.includes(text)) && failure.message.includes(path ?? "")
    ? ""
    : failure.message;
}

async function cameTo(name, value) {
  const isInput = way === "Input";
  const set = [
    ["steps.give.config.value", name],
    ["steps.give.class", `./hostile-steps.mjs#${isInput ? "Pass" : way}`],
  ];
  const loaded = await runtime.load(join(import.meta.dirname, "hostile.yml"), { set, executor, compiled: false });
  const started = await runtime.start(loaded, { in: isInput ? value.make() : null }).catch((error) => error);
  if (started instanceof Error) return { status: "failed", outputs: {}, failures: [{ failure: started }] };
  const result = await started.result();
  // What is on disk says the same.
  const { summary } = await runtime.look(started.id);
  return isDeepStrictEqual(summary.failures, result.failures) ? result : { ...result, status: "read back otherwise" };
}

for (const [name, value] of Object.entries(hostileValues))
  say({ name, fault: faultOf(value, await cameTo(name, value)) });
await runtime.close();
