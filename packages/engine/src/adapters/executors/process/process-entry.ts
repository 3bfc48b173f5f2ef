import { Socket } from "node:net";
import { classify } from "../../../errors/classify.js";
import { flush, type LaneProgram, startLane } from "../lane-program.js";
import { readFrames, writeFrame } from "./frames.js";
import type { FromProcess, ToProcess } from "./process-messages.js";
import { processMeter } from "./process-meter.js";

/**
 * What a process of the process executor runs. It lives as long as its channel: when that ends, because whoever started
 * it has, it ends with its whole group. Code that never yields does not hear of that; the guardian ends it.
 */
const channelNumber = 3;
const exitCode = 70;
const lastWordsMs = 1_000;

const channel = new Socket({ fd: channelNumber, readable: true, writable: true });
let program: LaneProgram | undefined;

const post = (message: FromProcess): void => writeFrame(channel, message);
const flushed = (): Promise<void> | undefined =>
  channel.writableLength === 0 ? undefined : new Promise((resolve) => channel.write("", () => resolve()));

function receive(message: ToProcess): void {
  if (message.type !== "start") return program?.receive(message);
  program = startLane({ post, flushed }, message, processMeter());
  void program.loaded.then(() => post({ type: "ready" }));
}

function endGroup(): void {
  try {
    process.kill(-process.pid, "SIGKILL");
  } catch {
    process.exit(exitCode);
  }
}

process.on("uncaughtException", (error) => {
  flush();
  setTimeout(() => process.exit(exitCode), lastWordsMs);
  writeFrame(channel, { type: "fatal", failure: classify(error) } satisfies FromProcess, () => process.exit(exitCode));
});
channel.on("error", endGroup).on("close", endGroup);
readFrames(channel, (message) => receive(message as ToProcess));
