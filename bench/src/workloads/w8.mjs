// W8: backpressure. A producer sends `items` integers over one queue link of capacity 1024; the consumer is async and slower
// (it gives up its turn with setImmediate every 256 items). Memory must stay bounded.
// Adapter: export async function run({items, capacity, work}) — must call `await work(x)` for x = 0..items-1, in order.
import { setImmediate as tick } from "node:timers/promises";
export const shapes = [{ name: "queue-1M", items: 1_000_000, capacity: 1024 }];
export const columns = ["items/s", "ns/item", "peak live MiB"];
export const key = "ns/item",
  floor = "floor-ring";
export async function measure(c, { items, capacity }) {
  let next = 0,
    bad = 0;
  const mk = (hook) => {
    next = 0;
    return async (x) => {
      if (x !== next) bad++;
      next++;
      if ((x & 255) === 255) await tick();
      if (hook) hook(x);
    };
  };
  await c.run({ items: 20000, capacity, work: mk() });
  globalThis.gc();
  globalThis.gc();
  const mu = () => {
    const m = process.memoryUsage();
    return m.heapUsed + m.external;
  };
  const t = performance.now();
  await c.run({ items, capacity, work: mk() });
  const ms = performance.now() - t;
  if (next !== items || bad) throw new Error(`Error items ${next} bad ${bad}`);
  globalThis.gc();
  const base = mu();
  let peak = 0;
  await c.run({
    items: 300000,
    capacity,
    work: mk((x) => {
      if (x % 50000 === 1000) {
        globalThis.gc();
        peak = Math.max(peak, mu() - base);
      }
    }),
  });
  return { ms, "items/s": (items / ms) * 1000, "ns/item": (ms * 1e6) / items, "peak live MiB": peak / 1048576 };
}
