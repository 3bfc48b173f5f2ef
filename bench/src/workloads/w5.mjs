// W5: CPU-bound steps on worker threads. Adapter: export async function open(P); run({tasks, iters}) -> results checked; close()
import { perMs, spin } from "../lib/kernel.mjs";

const P = 2;
export const shapes = [
  { name: "200x10ms", tasks: 200, taskMs: 10 },
  { name: "2000x1ms", tasks: 2000, taskMs: 1 },
  { name: "20000x0.05ms", tasks: 20000, taskMs: 0.05 },
  { name: "noop-50k", tasks: 50000, taskMs: 0 },
];
export const columns = ["ms", "serial ms", "speed-up", "share of ideal", "dispatch µs/task"];
export const key = "speed-up",
  better = "high",
  floor = "floor-sab";
export async function measure(c, s) {
  const rate = perMs(),
    iters = s.taskMs ? Math.round(rate * s.taskMs) : 0;
  await c.open?.(P);
  await c.run({ tasks: 100, iters: Math.min(iters, 20000), P });
  const want = spin(iters);
  const t0 = performance.now();
  let _x = 0;
  for (let i = 0; i < s.tasks; i++) _x ^= spin(iters);
  const serial = performance.now() - t0;
  const t1 = performance.now();
  const r = await c.run({ tasks: s.tasks, iters, P });
  const ms = performance.now() - t1;
  if (r.length !== s.tasks || r.some((v) => v !== want)) throw new Error("Error wrong results");
  await Promise.race([c.close?.(), new Promise((r) => setTimeout(r, 2000))]);
  const sp = serial / ms;
  return {
    ms,
    "serial ms": serial,
    "speed-up": sp,
    "share of ideal": sp / P,
    "dispatch µs/task": ((ms - serial / P) * 1000) / s.tasks,
  };
}
