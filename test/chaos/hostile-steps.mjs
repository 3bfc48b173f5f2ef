// Steps that give, emit or record a hostile value, on whatever executor the document says.
import { defineStep } from "@nanobrain/engine";
import { hostileValues } from "./hostile-values.mjs";

const port = { "~standard": { version: 1, vendor: "rig", validate: (value) => ({ value }) } };
const optional = { schema: port, optional: true };
const made = (config) => hostileValues[config.value].make();

export const Give = defineStep({
  class: "Give",
  version: "1",
  inputs: { in: optional },
  outputs: { out: port },
  config: { ...port },
  run: ({ config }) => ({ out: made(config) }),
});

export const Emit = defineStep({
  class: "Emit",
  version: "1",
  inputs: { in: optional },
  outputs: { out: port },
  config: { ...port },
  async run({ config, emit }) {
    await emit("out", made(config));
    return {};
  },
});

/** What an effect gave back and what it gives back on the next attempt are the same. */
export const Record = defineStep({
  class: "Record",
  version: "1",
  inputs: { in: optional },
  outputs: { out: port },
  config: { ...port },
  async run({ config, effect, attempt }) {
    const out = await effect("value", () => made(config));
    if (attempt === 1) throw new TypeError("not yet");
    return { out };
  },
});

export const Pass = defineStep({
  class: "Pass",
  version: "1",
  inputs: { in: optional },
  outputs: { out: port },
  config: { ...port },
  run: ({ inputs }) => ({ out: inputs.in }),
});

/** Converts in a way that nobody documented: a rig that does not see it is broken. */
export const Mangle = defineStep({
  class: "Mangle",
  version: "1",
  inputs: { in: optional },
  outputs: { out: port },
  config: { ...port },
  run: ({ config }) => ({ out: JSON.parse(JSON.stringify(made(config)) ?? "null") }),
});
