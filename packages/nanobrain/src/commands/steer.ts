import { type Json, nanobrainError, type RunHandle, type Steered } from "@nanobrain/engine";
import { type Call, flag, operand, text } from "../call.js";
import type { CommandMain } from "../command-spec.js";
import { openExisting, withRuntime } from "../open-runtime.js";
import { storeSuffix } from "../store-place.js";

export type SteeringCommand = "pause" | "cancel" | "trigger" | "answer" | "finish";

/** A command that steers one run, whoever drives it, and says what came of it. */
export function steer(name: SteeringCommand): CommandMain {
  return async (call) => {
    const run = operand(call, 0);
    return withRuntime(openExisting(call, run), async (runtime) => {
      const handle = await runtime.attach(run, await userName(call));
      const steered = await carryOut(name, handle, call);
      const status = (await runtime.store.find(handle.id))?.status ?? handle.status;
      if (flag(call, "json")) {
        const { status: outcome, text: said, driven } = steered;
        call.terminal.out.line(
          JSON.stringify({ run_id: handle.id, name: handle.name, action: name, outcome, text: said, status, driven }),
        );
        return 0;
      }
      call.terminal.out.line(`${handle.name}: ${steered.text}`);
      const isOver = status === "completed" || status === "cancelled";
      if (!isOver && (name === "pause" || !steered.driven)) sayResume(call, handle.name, runtime.store.place, steered);
      return 0;
    });
  };
}

function carryOut(name: SteeringCommand, handle: RunHandle, call: Call): Promise<Steered> {
  switch (name) {
    case "pause":
      return handle.pause();
    case "cancel":
      return handle.cancel(text(call, "reason"));
    case "finish":
      return handle.finish();
    case "trigger":
      return handle.trigger(operand(call, 1), payloadOf(call));
    case "answer":
      return handle.answer(operand(call, 1), answerOf(call));
  }
}

function sayResume(call: Call, run: string, store: string, { driven }: Steered): void {
  const { err } = call.terminal;
  const command = err.look.paint.bold(`nanobrain resume ${run}${storeSuffix(call, store)}`);
  err.line(`${driven ? "" : "no process drives it. "}Go on with: ${command}`);
}

/** Absent: the trigger fires without a payload. */
function payloadOf(call: Call): Json | undefined {
  const given = text(call, "data");
  if (given === undefined) return undefined;
  const value = jsonOf(given);
  if (value === undefined) throw nanobrainError("E_USAGE", { problem: `Cannot use -d ${given}: it is no JSON` });
  return value;
}

/** JSON, or else a plain text: most answers are one word. */
function answerOf(call: Call): Json {
  const given = text(call, "data");
  if (given === undefined) throw nanobrainError("E_USAGE", { problem: "Cannot answer: -d JSON is missing" });
  const value = jsonOf(given);
  if (value !== undefined) return value;
  if (!/^\s*[[{"]/.test(given)) return given;
  throw nanobrainError("E_USAGE", { problem: `Cannot use -d ${given}: it is no JSON` });
}

function jsonOf(given: string): Json | undefined {
  try {
    return JSON.parse(given) as Json;
  } catch {
    return undefined;
  }
}

/** Who steers, for the journal and for the `by` of an approval. */
async function userName(call: Call): Promise<string> {
  try {
    return (await import("node:os")).userInfo().username;
  } catch {
    return call.terminal.environment["USER"] ?? "command line";
  }
}
