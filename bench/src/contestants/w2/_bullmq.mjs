import { FlowProducer, Worker } from "bullmq";
export function make(url) {
  const u = new URL(url);
  const connection = { host: u.hostname, port: +u.port, maxRetriesPerRequest: null };
  let fp,
    w,
    left,
    fin,
    name = `q${process.pid}`,
    _seq = 0;
  return {
    async open(_dir, shape) {
      fp = new FlowProducer({ connection });
      w = new Worker(name, async (job) => ({ step: job.data.i, ok: true }), {
        connection,
        concurrency: shape.runs === 1 ? 1 : 200,
      });
      w.on("completed", (job) => {
        if (job.data.last && --left === 0) fin();
      });
      await w.waitUntilReady();
    },
    async run({ runs, steps }) {
      left = runs;
      const done = new Promise((r) => (fin = r));
      const flow = () => {
        let f;
        for (let i = 0; i < steps; i++)
          f = { name: "s", queueName: name, data: { i, last: i === steps - 1 }, ...(f ? { children: [f] } : {}) };
        return f;
      };
      const t = performance.now();
      await fp.addBulk(Array.from({ length: runs }, flow));
      await done;
      return { ms: performance.now() - t };
    },
    async close() {
      await w.close(true);
      await fp.close();
    },
  };
}
