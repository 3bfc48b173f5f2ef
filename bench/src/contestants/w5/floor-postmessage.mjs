// postMessage per task, two tasks in flight per worker.
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { spin } from "../../lib/kernel.mjs";
export const version = `node ${process.versions.node}`;
if (!isMainThread && workerData === "pm")
  parentPort.on("message", (m) => parentPort.postMessage({ id: m.id, v: spin(m.iters) }));
let ws;
export async function open(P) {
  ws = Array.from({ length: P }, () => new Worker(new URL(import.meta.url), { workerData: "pm" }));
  await Promise.all(ws.map((w) => new Promise((r) => w.once("online", r))));
}
export function run({ tasks, iters }) {
  return new Promise((ok) => {
    const r = new Array(tasks);
    let next = 0,
      left = tasks;
    for (const w of ws) {
      w.removeAllListeners("message");
      const feed = () => {
        if (next < tasks) w.postMessage({ id: next++, iters });
      };
      w.on("message", (m) => {
        r[m.id] = m.v;
        if (--left === 0) ok(r);
        else feed();
      });
      feed();
      feed();
    }
  });
}
export const close = () => Promise.all(ws.map((w) => w.terminate()));
