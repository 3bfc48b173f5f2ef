// What an engine could do (D2): binary-framed journal with a CRC per batch, group commit with an asynchronous
// fdatasync (the event loop goes on while the disk works) and an adaptive synchronous path when only one run waits.
import { fdatasync, fdatasyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { crc32 } from "node:zlib";
import { drive } from "../../workloads/w2.mjs";
export const version = "prototype",
  klass = "D2";
let fd,
  file,
  buf = [],
  wait = [],
  busy = false,
  armed = false,
  _n = 0;
const crc =
  crc32 ??
  ((s) => {
    let h = 0x811c9dc5;
    for (let i = 0; i < s.length; i++) h = Math.imul(h ^ s.charCodeAt(i), 0x01000193);
    return h >>> 0;
  });
export function open(dir) {
  fd = openSync((file = `${dir}/journal`), "a");
}
function write(b) {
  const s = b.join("");
  writeSync(fd, `#${b.length} ${s.length} ${crc(s)}\n${s}`);
  _n += b.length;
}
function flush() {
  armed = false;
  if (busy || !buf.length) return;
  const b = buf,
    w = wait;
  buf = [];
  wait = [];
  write(b);
  if (w.length === 1) {
    fdatasyncSync(fd);
    w[0]();
    return;
  }
  busy = true;
  fdatasync(fd, (e) => {
    if (e) throw e;
    busy = false;
    for (let k = 0; k < w.length; k++) w[k]();
    if (buf.length && !armed) {
      armed = true;
      setImmediate(flush);
    }
  });
}
const commit = (r, i, v) =>
  new Promise((ok) => {
    buf.push(`${r} ${i} ${JSON.stringify(v)}\n`);
    wait.push(ok);
    if (!armed && !busy) {
      armed = true;
      setImmediate(flush);
    }
  });
export const run = (s) => drive(commit, s);
export const count = () =>
  readFileSync(file, "utf8")
    .split("\n")
    .filter((l) => l && l[0] !== "#").length;
