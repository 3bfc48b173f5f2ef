// The classes of steps that the shapes of the crash rig are made of. What they do outside is written before it counts.
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defineStep } from "@nanobrain/engine";

const port = { "~standard": { version: 1, vendor: "rig", validate: (value) => ({ value }) } };
const optional = { schema: port, optional: true };

/** Adds a line to a file of the folder. A process that is killed leaves it; power loss is not for these files. */
export function noteIn(folder, file, line) {
  appendFileSync(join(folder, file), `${line}\n`);
}

export function linesOf(folder, file) {
  const path = join(folder, file);
  return existsSync(path) ? readFileSync(path, "utf8").trim().split("\n").filter(Boolean) : [];
}

/** `hear` is called with each call of plain code. */
export function rigSteps(folder, planted, hear = () => undefined) {
  const said = (name, value) => `${name}(${[value ?? ""].flat().join(" ")})`;

  /** Does something outside once, by `effect`, and fails as often as it is told. */
  const effect = defineStep({
    class: "Effect",
    version: "1",
    inputs: { in: optional },
    outputs: { out: port },
    async run({ inputs, config, attempt, effect: once, idempotencyKey }) {
      const write = () => {
        noteIn(folder, "witness", `${idempotencyKey} write`);
        return said(config.name, inputs.in);
      };
      const text = planted === "effect-unrecorded" ? write() : await once("write", write);
      if (attempt <= (config.fails ?? 0)) throw new TypeError("not yet");
      return { out: text };
    },
    config: { ...port },
  });

  /** A scripted model asks for each tool in turn, sees what it gives, and answers in the end. Each call is one effect. */
  const agent = defineStep({
    class: "Agent",
    version: "1",
    inputs: { in: optional },
    outputs: { out: port },
    async run({ inputs, config, effect: once, idempotencyKey }) {
      const call = (name, answer) =>
        once(name, () => {
          noteIn(folder, "witness", `${idempotencyKey} ${name}`);
          return answer;
        });
      const heard = [inputs.in];
      for (const [turn, tool] of config.tools.entries()) {
        const asked = await call(`model ${turn + 1}`, { tool, about: heard.at(-1) });
        heard.push(await call(`tool ${turn + 1}`, said(asked.tool, asked.about)));
      }
      return { out: await call("model last", heard.slice(1)) };
    },
    config: { ...port },
  });

  /** Code that does something outside, calls a workflow, asks a person, and does something outside again. */
  const asker = defineStep({
    class: "Asker",
    version: "1",
    inputs: { in: optional },
    outputs: { out: port },
    async run({ inputs, effect: once, ask, callWorkflow, idempotencyKey }) {
      const call = (name, answer) =>
        once(name, () => {
          noteIn(folder, "witness", `${idempotencyKey} ${name}`);
          return answer;
        });
      const before = await call("before", said("before", inputs.in));
      const called = await callWorkflow("called", "called.yml", { item: before });
      const { decision, by } = await ask("go", { question: `Go on with ${called.made}?`, choices: ["yes", "no"] });
      return { out: await call("after", said("after", [called.made, decision, by])) };
    },
  });

  /** Sends what is too short round again. */
  const gate = defineStep({
    class: "Gate",
    version: "1",
    inputs: { in: port },
    outputs: { again: optional, done: optional },
    run: ({ inputs, config }) => (inputs.in.length < config.most ? { again: inputs.in } : { done: inputs.in }),
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

  /** Code that uses nothing of the engine, unless it speaks: at once, with a promise, or later. Each call is noted. */
  const plain = defineStep({
    class: "Plain",
    version: "1",
    inputs: { in: optional },
    outputs: { out: port },
    run({ inputs, config, runId, step, log }) {
      noteIn(folder, "called", `${runId} ${step}`);
      hear();
      if (config.speaks) log("info", `${step} speaks`);
      const made = { out: said(config.name, inputs.in) };
      if (config.manner === "promise") return Promise.resolve(made);
      return config.manner === "later" ? new Promise((resolve) => setImmediate(resolve, made)) : made;
    },
    config: { ...port },
  });

  return [effect, agent, asker, gate, source, undo, refused, plain];
}
