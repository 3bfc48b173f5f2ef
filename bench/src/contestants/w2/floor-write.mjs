// D1 floor: one write() of a journal line per step, no sync.
import { openSync, readFileSync, writeSync } from "node:fs";
import { drive } from "../../workloads/w2.mjs";
export const version = `node ${process.versions.node}`,
  klass = "D1";
let fd, file;
export function open(dir) {
  fd = openSync((file = `${dir}/journal`), "a");
}
export const run = (s) =>
  drive((r, i, v) => {
    writeSync(fd, `${JSON.stringify({ r, i, v })}\n`);
  }, s);
export const count = () => readFileSync(file, "utf8").split("\n").length - 1;
