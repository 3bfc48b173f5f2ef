import { concatMap, count, lastValueFrom, Subject } from "rxjs";
import { version as v } from "../../lib/version.mjs";
export const version = v("rxjs"),
  note = "no backpressure: the buffer grows";
export async function run({ items, work }) {
  const s = new Subject();
  const done = lastValueFrom(s.pipe(concatMap(work), count()));
  for (let i = 0; i < items; i++) s.next(i);
  s.complete();
  await done;
}
