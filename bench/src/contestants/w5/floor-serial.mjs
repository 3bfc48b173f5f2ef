import { spin } from "../../lib/kernel.mjs";
export const version = `node ${process.versions.node}`,
  note = "one thread";
export async function run({ tasks, iters }) {
  const r = new Array(tasks);
  for (let i = 0; i < tasks; i++) r[i] = spin(iters);
  return r;
}
