// D2 floor with group commit: all records that wait share one write() and one fdatasync().
// The batch is written synchronously when the microtask queue is empty (setImmediate), then the waiters are released.
import { fdatasyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { drive } from "../../workloads/w2.mjs";
export const version = `node ${process.versions.node}`,
  klass = "D2";
let fd,
  file,
  buf = [],
  wait = [],
  armed = false;
export function open(dir) {
  fd = openSync((file = `${dir}/journal`), "a");
}
const flush = () => {
  armed = false;
  const b = buf,
    w = wait;
  buf = [];
  wait = [];
  writeSync(fd, b.join(""));
  fdatasyncSync(fd);
  for (let k = 0; k < w.length; k++) w[k]();
};
const commit = (r, i, v) =>
  new Promise((ok) => {
    buf.push(`${JSON.stringify({ r, i, v })}\n`);
    wait.push(ok);
    if (!armed) {
      armed = true;
      setImmediate(flush);
    }
  });
export const run = (s) => drive(commit, s);
export const count = () => readFileSync(file, "utf8").split("\n").length - 1;
