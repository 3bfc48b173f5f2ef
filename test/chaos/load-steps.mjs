// Steps for loads: many of them, big ones, slow ones, poisoned ones.
import { setTimeout as after } from "node:timers/promises";
import { defineStep } from "@nanobrain/engine";

const port = { "~standard": { version: 1, vendor: "rig", validate: (value) => ({ value }) } };
const optional = { schema: port, optional: true };
const open = { version: "1", inputs: { in: optional }, outputs: { out: optional }, config: { ...port } };

/** What sinks took. */
export const taken = { count: 0, last: 0, isOrdered: true };

const one = defineStep({ ...open, class: "One", run: ({ inputs }) => ({ out: (inputs.in ?? 0) + 1 }) });

const source = defineStep({
  ...open,
  class: "Source",
  async run({ config, emit }) {
    let last;
    for (let i = 1; i <= config.count; i++) {
      last = emit("out", i);
      if (i % config.atOnce === 0) await last;
    }
    await last;
    return {};
  },
});

/** Takes items; `poison`: every so manieth fails, each time it comes. */
const sink = defineStep({
  ...open,
  class: "Sink",
  async run({ inputs, config }) {
    if (config.slowMs > 0) await after(config.slowMs);
    if (config.poison > 0 && inputs.in % config.poison === 0) throw new RangeError(`item ${inputs.in} is bad`);
    taken.count++;
    taken.isOrdered &&= inputs.in > taken.last;
    taken.last = inputs.in;
    return {};
  },
});

/** Gives a text of so many bytes, or keeps it as a file. */
const huge = defineStep({
  ...open,
  class: "Huge",
  async run({ config, keep }) {
    if (config.asFile) return { out: await keep("huge.bin", Buffer.alloc(config.sizeBytes, 120)) };
    return { out: "x".repeat(config.sizeBytes) };
  },
});

export const loadSteps = [one, source, sink, huge];
