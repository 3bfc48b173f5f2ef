import type { Pack, StepDefinition } from "../contracts/component.js";
import type { Json } from "../contracts/json.js";
import { stepFailure } from "../errors/step-failure.js";

/** Uses what attempts are given, and says what it got. Fails at first, if it is told to. */
const reporter: StepDefinition = {
  kind: "step",
  class: "nanobrain.sample.ReporterStep",
  version: "1",
  summary: "Uses what attempts are given.",
  config: (zod) =>
    zod.strictObject({
      url: zod.string().optional(),
      warn: zod.array(zod.string()).default([]),
      emit: zod.number().default(0),
      fails: zod.boolean().default(false),
    }),
  ports: () => ({ inputs: {}, outputs: { said: {}, item: { optional: true } }, openInputs: false, openOutputs: false }),
  effects: true,
  executor: "local",
  secrets: () => ["SAMPLE_KEY", "SAMPLE_KEY_THAT_NOBODY_SET"],
  async run({ config, context }) {
    for (const text of config["warn"] as readonly string[]) context.warn(text);
    const emittedBefore = context.emitted("item");
    for (let at = 0; at < Number(config["emit"]); at++) await context.emit("item", at);
    if (config["fails"] === true && context.attempt === 1) throw stepFailure("not yet", { kind: "network" });
    const said: { [name: string]: Json } = { emittedBefore, secrets: { ...context.secrets } };
    if (typeof config["url"] === "string") {
      const { body, status } = await context.http.open({ url: config["url"], allowHosts: ["127.0.0.1"] });
      let text = "";
      for await (const part of body) text += Buffer.from(part).toString();
      Object.assign(said, { status, text });
    }
    return { said };
  },
};

/** A package of classes and functions, as lanes find it too. */
export const pack: Pack = {
  name: "sample",
  version: "1",
  url: import.meta.url,
  classes: [{ class: reporter.class, kind: "step", load: () => Promise.resolve(reporter) }],
  functions: { sample_double: (value) => Number(value) * 2 },
};
