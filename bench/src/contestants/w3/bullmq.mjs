import { Queue, Worker } from "bullmq";
import { version as v } from "../../lib/version.mjs";
export const version = v("bullmq"),
  n = 5000;
export const note = "three queues, durable (AOF everysec)";
export async function pipeline({ stages, onOut }) {
  const u = new URL(process.env.REDIS_URL);
  const connection = { host: u.hostname, port: +u.port, maxRetriesPerRequest: null };
  const q = stages.map(
    (_, i) => new Queue(`p${process.pid}${i}`, { connection, defaultJobOptions: { removeOnComplete: true } }),
  );
  const w = stages.map(
    (f, i) =>
      new Worker(
        `p${process.pid}${i}`,
        async (j) => {
          const r = await f(j.data);
          if (i < 2) await q[i + 1].add("x", r);
          else onOut(r);
        },
        { connection, concurrency: 50 },
      ),
  );
  await Promise.all(w.map((x) => x.waitUntilReady()));
  return {
    emit(ev) {
      q[0].add("x", ev);
    },
    async close() {
      await Promise.all(w.map((x) => x.close(true)));
      await Promise.all(q.map((x) => x.close()));
    },
  };
}
