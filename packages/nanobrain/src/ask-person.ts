import { type Json, NanobrainError, type RunAsk, type RunHandle } from "@nanobrain/engine";
import type { Call } from "./call.js";
import { askAddress, questionText } from "./views/ask-lines.js";

/** Asks the person at the terminal what a run waits for. False: nothing is asked, or the person went away (end of input, Ctrl-C). */
export async function askPerson(call: Call, handle: RunHandle, asks: readonly RunAsk[]): Promise<boolean> {
  if (asks.length === 0) return false;
  const { err } = call.terminal;
  const { createInterface } = await import("node:readline/promises");
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  const gone = new Promise<undefined>((resolve) => reader.once("close", () => resolve(undefined)));
  try {
    for (const ask of asks) {
      for (;;) {
        const given = await Promise.race([reader.question(`${ask.step}: ${questionText(ask)} `), gone]);
        if (given === undefined) return false;
        if (await isTaken(handle, ask, given, (problem) => err.line(`  ${problem}`))) break;
      }
    }
    return true;
  } finally {
    reader.close();
  }
}

/** A choice is taken as it is written; else JSON, else a text. */
async function isTaken(
  handle: RunHandle,
  ask: RunAsk,
  given: string,
  say: (problem: string) => void,
): Promise<boolean> {
  const choice = ask.choices?.find((one) => one === given || JSON.stringify(one) === given);
  try {
    await handle.answer(askAddress(ask), choice ?? jsonOrText(given));
    return true;
  } catch (error) {
    if (!(error instanceof NanobrainError) || error.code !== "E_ANSWER") throw error;
    say(String(error.details["problem"] ?? error.message));
    return false;
  }
}

function jsonOrText(given: string): Json {
  try {
    return JSON.parse(given) as Json;
  } catch {
    return given;
  }
}
