// Steps that do to their thread or process what no step should.
import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { defineStep } from "@nanobrain/engine";

const port = { "~standard": { version: 1, vendor: "rig", validate: (value) => ({ value }) } };
const never = () => new Promise((resolve) => setTimeout(resolve, 600_000));
const block = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
const kept = [];

/** Programs that a step leaves running: they outlive whoever does not end them. */
const sleeper = "setTimeout(() => {}, 600000)";

const dooms = {
  exit: () => process.exit(3),
  abort: () => process.abort(),
  segfault: () => process.kill(process.pid, "SIGSEGV") && block(60_000),
  killed: () => process.kill(process.pid, "SIGKILL") && block(60_000),
  "late throw": () => {
    setTimeout(() => {
      throw new TypeError("thrown in a callback");
    }, 5);
    return never();
  },
  unhandled: () => {
    void Promise.reject(new TypeError("rejected unseen"));
    return never();
  },
  heap() {
    for (;;) kept.push(new Array(1000).fill(kept.length));
  },
  async buffers() {
    for (;;) {
      kept.push(Buffer.alloc(8_000_000, 1));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  },
  spin() {
    for (let i = 0; ; i++) if (i < 0) return;
  },
  hang: () => block(600_000),
  deaf: never,
  frozen: () => process.kill(process.pid, "SIGSTOP") && block(600_000),
  /** Out of reach, as the page on steps says: it wiped its environment and left its group. */
  "unmarked orphan"(folder) {
    const child = spawn(process.execPath, ["-e", sleeper, folder], { detached: true, stdio: "ignore", env: {} });
    child.unref();
    return never();
  },
  orphan(folder) {
    const child = spawn(process.execPath, ["-e", sleeper, folder], { detached: true, stdio: "ignore" });
    child.unref();
    return never();
  },
};

export const Doomed = defineStep({
  class: "Doomed",
  version: "1",
  inputs: {},
  outputs: {},
  effects: true,
  config: { ...port },
  async run({ config, idempotencyKey, attempt }) {
    appendFileSync(join(config.folder, "witness"), `${idempotencyKey} ${attempt}\n`);
    await dooms[config.doom](config.folder);
    return {};
  },
});

export const Healthy = defineStep({
  class: "Healthy",
  version: "1",
  inputs: { in: { schema: port, optional: true } },
  outputs: { out: port },
  run: ({ inputs }) => ({ out: (inputs.in ?? 0) + 1 }),
});
