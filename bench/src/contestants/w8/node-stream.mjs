import { Writable } from "node:stream";
export const version = `node ${process.versions.node}`;
export async function run({ items, capacity, work }) {
  const w = new Writable({
    objectMode: true,
    highWaterMark: capacity,
    write(x, _, cb) {
      work(x.i).then(() => cb(), cb);
    },
  });
  for (let i = 0; i < items; i++) if (!w.write({ i })) await new Promise((r) => w.once("drain", r));
  await new Promise((r) => w.end(r));
}
