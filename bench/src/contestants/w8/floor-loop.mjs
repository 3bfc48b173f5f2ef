// No queue at all: the consumer called in a loop (the cost of the consumer itself).
export const version = `node ${process.versions.node}`,
  note = "no queue";
export async function run({ items, work }) {
  for (let i = 0; i < items; i++) await work(i);
}
