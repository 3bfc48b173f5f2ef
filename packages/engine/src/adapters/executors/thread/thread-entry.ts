import { parentPort, workerData } from "node:worker_threads";
import type { LaneStart, ToLane } from "../lane-messages.js";
import { startLane } from "../lane-program.js";
import { laneMeter } from "../usage-meter.js";

/** What a thread of the thread executor runs. */
const port = parentPort;
if (port !== null) {
  const post = port.postMessage.bind(port);
  const receive = startLane(post, workerData as LaneStart, laneMeter()).receive;
  port.on("message", (message: ToLane) => receive(message));
}
