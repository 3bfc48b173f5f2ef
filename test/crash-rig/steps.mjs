// The classes of steps that the shapes of the crash rig are made of. What they do outside is written and synced before it counts.
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { defineStep } from "@nanobrain/engine";

const port = { "~standard": { version: 1, vendor: "rig", validate: (value) => ({ value }) } };
const optional = { schema: port, optional: true };

/** Adds a line to a file of the folder and syncs it. */
export function noteIn(folder, file, line) {
  const fd = openSync(join(folder, file), "a");
  writeSync(fd, `${line}\n`);
  fsyncSync(fd);
  closeSync(fd);
}

export function linesOf(folder, file) {
  const path = join(folder, file);
  return existsSync(path) ? readFileSync(path, "utf8").trim().split("\n").filter(Boolean) : [];
}

export function rigSteps(folder, planted) {
  const said = (name, value) => `${name}(${[value ?? ""].flat().join(" ")})`;

  /** Does something outside once, by `effect`, and fails as often as it is told. */
  const effect = defineStep({
    class: "Effect",
    version: "1",
    inputs: { in: optional },
    outputs: { out: port },
    async run({ inputs, config, attempt, effect: once, idempotencyKey }) {
      const write = () => {
        noteIn(folder, "witness", idempotencyKey);
        return said(config.name, inputs.in);
      };
      const text = planted === "effect-unrecorded" ? write() : await once("write", write);
      if (attempt <= (config.fails ?? 0)) throw new TypeError("not yet");
      return { out: text };
    },
    config: { ...port },
  });

  /** Emits numbered items. */
  const source = defineStep({
    class: "Source",
    version: "1",
    inputs: {},
    outputs: { out: port },
    async run({ config, emit }) {
      for (let i = 1; i <= config.count; i++) await emit("out", `${config.name}${i}`);
      return {};
    },
    config: { ...port },
  });

  /** Takes work back: notes whose. */
  const undo = defineStep({
    class: "Undo",
    version: "1",
    inputs: { in: optional, out: optional },
    outputs: {},
    effects: true,
    run({ idempotencyKey }) {
      noteIn(folder, "undone", idempotencyKey);
      return {};
    },
  });

  /** Fails until as much as it is told was undone. */
  const refused = defineStep({
    class: "Refused",
    version: "1",
    inputs: { in: optional },
    outputs: { out: port },
    run({ inputs, config }) {
      if (new Set(linesOf(folder, "undone")).size < config.undone) throw new TypeError("take it back first");
      return { out: said("paid", inputs.in) };
    },
    config: { ...port },
  });

  return [effect, source, undo, refused];
}
