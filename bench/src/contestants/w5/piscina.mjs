import { Piscina } from "piscina";
import { version as v } from "../../lib/version.mjs";
export const version = v("piscina");
let p;
export async function open(P) {
  p = new Piscina({ filename: new URL("../../lib/kernel.mjs", import.meta.url).href, minThreads: P, maxThreads: P });
}
export const run = ({ tasks, iters }) => Promise.all(Array.from({ length: tasks }, () => p.run({ iters })));
export const close = () => p.destroy();
