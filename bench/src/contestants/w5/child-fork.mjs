import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { spin } from "../../lib/kernel.mjs";
export const version = `node ${process.versions.node}`,
  note = "forked processes, JSON IPC";
if (process.env.BENCH_CHILD === "1") process.on("message", (m) => process.send({ id: m.id, v: spin(m.iters) }));
let ws;
export async function open(P) {
  ws = Array.from({ length: P }, () =>
    fork(fileURLToPath(import.meta.url), { env: { ...process.env, BENCH_CHILD: "1" }, execArgv: [] }),
  );
  await Promise.all(ws.map((w) => new Promise((r) => w.once("spawn", r))));
}
export function run({ tasks, iters }) {
  return new Promise((ok) => {
    const r = new Array(tasks);
    let next = 0,
      left = tasks;
    for (const w of ws) {
      w.removeAllListeners("message");
      const feed = () => {
        if (next < tasks) w.send({ id: next++, iters });
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
export const close = () => {
  for (const w of ws) w.kill();
};
