export const version = `node ${process.versions.node}`;
export async function run({ items, capacity, work }) {
  const { readable, writable } = new TransformStream({}, { highWaterMark: capacity }, { highWaterMark: capacity });
  const p = (async () => {
    const w = writable.getWriter();
    for (let i = 0; i < items; i++) {
      await w.ready;
      w.write(i);
    }
    await w.close();
  })();
  for await (const x of readable) await work(x);
  await p;
}
