// n steps in a DAG: step i copies in/i to out/i and depends on out/(i-1 of its lane) — 100 lanes.
import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
export const LANES = 100;
export const preds = (i) => (i >= LANES ? [i - LANES] : []);
export function inputs(dir, n) {
  mkdirSync(`${dir}/in`);
  mkdirSync(`${dir}/out`);
  const old = new Date(Date.now() - 60000);
  for (let i = 0; i < n; i++) {
    writeFileSync(`${dir}/in/${i}`, `input ${i}\n`);
    utimesSync(`${dir}/in/${i}`, old, old);
  }
}
export function outputs(dir, n) {
  for (let i = 0; i < n; i++) writeFileSync(`${dir}/out/${i}`, `input ${i}\n`);
}
