// Redis floor: one HSET per step, aof-everysec; commands of one event-loop turn are pipelined.
import { Redis } from "ioredis";
import { version as v } from "../../lib/version.mjs";
import { drive } from "../../workloads/w2.mjs";
export const version = `ioredis ${v("ioredis")}`,
  klass = "D1";
let r,
  g = 0;
export async function open() {
  r = new Redis(process.env.REDIS_URL, { enableAutoPipelining: true });
  await r.flushall();
}
export const run = (s) => {
  const k = `j${++g}`;
  return drive((a, i, v) => r.hset(k, `${a}:${i}`, JSON.stringify(v)), s);
};
export const count = () => r.hlen(`j${g}`);
export const close = () => r.quit();
