import { concatMap, Subject } from "rxjs";
import { version as v } from "../../lib/version.mjs";
export const version = v("rxjs");
export async function pipeline({ stages: [a, b, c], onOut }) {
  const s1 = new Subject(),
    s2 = new Subject(),
    s3 = new Subject();
  s1.pipe(concatMap(a)).subscribe(s2);
  s2.pipe(concatMap(b)).subscribe(s3);
  s3.pipe(concatMap(c)).subscribe(onOut);
  return {
    emit(ev) {
      s1.next(ev);
    },
  };
}
