import { Transform, Writable } from "node:stream";
export const version = `node ${process.versions.node}`;
export const note = "objectMode Transforms, bounded";
export async function pipeline({ stages, onOut }) {
  const t = stages.map(
    (f) =>
      new Transform({
        objectMode: true,
        highWaterMark: 1024,
        transform(x, _, cb) {
          f(x).then((y) => cb(null, y), cb);
        },
      }),
  );
  const w = new Writable({
    objectMode: true,
    highWaterMark: 1024,
    write(x, _, cb) {
      onOut(x);
      cb();
    },
  });
  t[0].pipe(t[1]).pipe(t[2]).pipe(w);
  return {
    emit(ev) {
      if (!t[0].write(ev)) return new Promise((r) => t[0].once("drain", r));
    },
  };
}
