// Physical limits of this machine and runtime, medians: node src/limits.mjs
import { spawn } from "node:child_process";
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { median, table } from "./lib/stats.mjs";

if (!isMainThread) {
  const c = new Int32Array(workerData);
  parentPort.on("message", (m) => {
    if (m === "sab") {
      for (let k = 0; ; k += 2) {
        Atomics.wait(c, 0, k);
        Atomics.store(c, 0, k + 2);
        Atomics.notify(c, 0);
        if (Atomics.load(c, 1)) break;
      }
    } else parentPort.postMessage(m);
  });
} else {
  const rows = [];
  const add = (what, us) => rows.push({ what, µs: us, "per s": 1e6 / us });
  const rep = async (k, n, f) => {
    const a = [];
    for (let i = 0; i < k; i++) {
      const t = performance.now();
      await f(n);
      a.push(((performance.now() - t) * 1000) / n);
    }
    return median(a);
  };
  const noop = async () => {};
  add(
    "await of a no-op async function",
    await rep(15, 1e6, async (n) => {
      for (let i = 0; i < n; i++) await noop();
    }),
  );
  add(
    "queueMicrotask turn",
    await rep(
      9,
      2e5,
      (n) =>
        new Promise((r) => {
          const f = () => (--n ? queueMicrotask(f) : r());
          f();
        }),
    ),
  );
  add(
    "setImmediate turn",
    await rep(
      9,
      5e4,
      (n) =>
        new Promise((r) => {
          const f = () => (--n ? setImmediate(f) : r());
          f();
        }),
    ),
  );
  add(
    "then() on a shared callback (no closure)",
    await rep(
      9,
      3e5,
      (n) =>
        new Promise((r) => {
          const d = () => {
            if (--n) Promise.resolve(1).then(d);
            else r();
          };
          d();
        }),
    ),
  );
  const dir = mkdtempSync(`${tmpdir()}/peer-bench-`);
  const b = Buffer.alloc(100, 120);
  let fd = openSync(`${dir}/a`, "a");
  add(
    "write() of 100 B, no sync",
    await rep(9, 5000, (n) => {
      for (let i = 0; i < n; i++) writeSync(fd, b);
    }),
  );
  add(
    "write() 100 B + fdatasync(), appending",
    await rep(9, 200, (n) => {
      for (let i = 0; i < n; i++) {
        writeSync(fd, b);
        fdatasyncSync(fd);
      }
    }),
  );
  const big = Buffer.alloc(64 * 1024, 120);
  add(
    "write() 64 KiB + fdatasync() (about 1000 records)",
    await rep(9, 40, (n) => {
      for (let i = 0; i < n; i++) {
        writeSync(fd, big);
        fdatasyncSync(fd);
      }
    }),
  );
  closeSync(fd);
  fd = openSync(`${dir}/p`, "w+");
  writeSync(fd, Buffer.alloc(8 << 20), 0, 8 << 20, 0);
  fdatasyncSync(fd);
  add(
    "write() 100 B + fdatasync(), preallocated",
    await rep(9, 200, (n) => {
      for (let i = 0; i < n; i++) {
        writeSync(fd, b, 0, 100, i * 100);
        fdatasyncSync(fd);
      }
    }),
  );
  closeSync(fd);
  const fd2 = openSync(`${dir}/d`, 0o1 | 0o100 | 0o2000 | 0o10000, 0o644);
  add(
    "write() 100 B, O_DSYNC, appending",
    await rep(9, 200, (n) => {
      for (let i = 0; i < n; i++) writeSync(fd2, b);
    }),
  );
  closeSync(fd2);
  add(
    "spawn of /bin/true, to exit",
    await rep(5, 40, async (n) => {
      for (let i = 0; i < n; i++) await new Promise((r) => spawn("/bin/true", { stdio: "ignore" }).on("exit", r));
    }),
  );
  const sab = new SharedArrayBuffer(16);
  const w = new Worker(new URL(import.meta.url), { workerData: sab });
  await new Promise((r) => w.once("online", r));
  add(
    "worker postMessage round trip",
    await rep(
      7,
      5000,
      (n) =>
        new Promise((r) => {
          w.removeAllListeners("message");
          w.on("message", () => (--n ? w.postMessage(n) : r()));
          w.postMessage(n);
        }),
    ),
  );
  w.terminate();
  rmSync(dir, { recursive: true, force: true });
  console.log(table(rows, ["what", "µs", "per s"]));
}
