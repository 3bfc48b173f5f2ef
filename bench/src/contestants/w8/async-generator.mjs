export const version = `node ${process.versions.node}`,
  note = "pull, no buffer";
export async function run({ items, work }) {
  async function* g() {
    for (let i = 0; i < items; i++) yield i;
  }
  for await (const x of g()) await work(x);
}
