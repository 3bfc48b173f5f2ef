// D2 floor, no grouping: write() + fdatasync() per step.
import { fdatasyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { drive } from "../../workloads/w2.mjs";
export const version = `node ${process.versions.node}`,
  klass = "D2";
let fd, file;
export function open(dir) {
  fd = openSync((file = `${dir}/journal`), "a");
}
export const run = (s) =>
  drive((r, i, v) => {
    writeSync(fd, `${JSON.stringify({ r, i, v })}\n`);
    fdatasyncSync(fd);
  }, s);
export const count = () => readFileSync(file, "utf8").split("\n").length - 1;
