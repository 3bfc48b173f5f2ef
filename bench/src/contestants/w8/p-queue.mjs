import PQueue from "p-queue";
import { version as v } from "../../lib/version.mjs";
export const version = v("p-queue");
export async function run({ items, capacity, work }) {
  const q = new PQueue({ concurrency: 1 });
  for (let i = 0; i < items; i++) {
    if (q.size >= capacity) await q.onSizeLessThan(capacity >> 1);
    q.add(() => work(i));
  }
  await q.onIdle();
}
