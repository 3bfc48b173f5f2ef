import async from "async";
import { version as v } from "../../lib/version.mjs";
export const version = v("async");
export async function run({ items, capacity, work }) {
  const q = async.queue(work, 1);
  let wake = null;
  const f = q;
  f.buffer = 0;
  const low = capacity >> 1;
  let left = items,
    fin;
  const done = new Promise((r) => (fin = r));
  const after = () => {
    if (--left === 0) fin();
    if (wake && q.length() <= low) {
      const w = wake;
      wake = null;
      w();
    }
  };
  for (let i = 0; i < items; i++) {
    if (q.length() >= capacity) await new Promise((r) => (wake = r));
    q.push(i, after);
  }
  await done;
}
