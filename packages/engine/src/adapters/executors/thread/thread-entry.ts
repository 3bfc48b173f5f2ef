import { parentPort, workerData } from "node:worker_threads";
import type { LaneStart, ToLane } from "../lane-messages.js";
import { startLane } from "../lane-program.js";
import { laneMeter } from "../usage-meter.js";

/** What a thread of the thread executor runs. */
const port = parentPort;
if (port !== null) {
  const way = { post: port.postMessage.bind(port), flushed: () => undefined };
  const program = startLane(way, workerData as LaneStart, laneMeter());
  port.on("message", (message: ToLane) => program.receive(message));
}
