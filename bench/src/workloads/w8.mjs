// W8: backpressure. A producer sends `items` integers over one queue link of capacity 1024; the consumer is async and slower
// (it gives up its turn with setImmediate every 256 items). Memory must stay bounded.
// Adapter: export async function run({items, capacity, work}) — must call `await work(x)` for x = 0..items-1, in order.
import { setImmediate as tick } from "node:timers/promises";
export const shapes = [{ name: "queue-1M", items: 1_000_000, capacity: 1024 }];
export const columns = ["items", "items/s", "ns/item", "peak live MiB"];
export const key = "ns/item",
  floor = "floor-ring";
export async function measure(c, { items: wanted, capacity }) {
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
  await c.run({ items: 2000, capacity, work: mk() });
  const warm = performance.now();
  await c.run({ items: 10000, capacity, work: mk() });
  // a contestant that would take minutes gets fewer items: about 12 s of them
  const perItemMs = (performance.now() - warm) / 10000;
  const items = Math.min(wanted, Math.max(10000, Math.floor(12000 / perItemMs / 10000) * 10000));
  const mu = () => {
    const m = process.memoryUsage();
    return m.heapUsed + m.external;
  };
  // Before the long run, of which a contestant may still keep something.
  await tick();
  globalThis.gc();
  globalThis.gc();
  const base = mu();
  let peak = 0;
  await c.run({
    items: Math.floor(items * 0.3),
    capacity,
    work: mk((x) => {
      if (x % Math.floor(items / 20) === 1000) {
        globalThis.gc();
        peak = Math.max(peak, mu() - base);
      }
    }),
  });
  globalThis.gc();
  const t = performance.now();
  await c.run({ items, capacity, work: mk() });
  const ms = performance.now() - t;
  if (next !== items || bad) throw new Error(`Error items ${next} bad ${bad}`);
  return { ms, items, "items/s": (items / ms) * 1000, "ns/item": (ms * 1e6) / items, "peak live MiB": peak / 1048576 };
}
