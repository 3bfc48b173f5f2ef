import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { NamedFunction, StepContext, StepDefinition } from "../contracts/component.js";
import type { ComponentCall } from "../contracts/executor.js";
import type { Json, JsonObject } from "../contracts/json.js";
import type { Modules } from "../contracts/step-code.js";
import { defineStep } from "./define-step.js";
import { describeModule } from "./describe-module.js";
import { createRegistry } from "./registry.js";
import { createStepCode } from "./step-code.js";

const folders = { project: "/project", roots: [] };
const context = { inputPorts: ["n"], outputPorts: ["output"] } as unknown as StepContext;
const twice: NamedFunction = (value) => Number(value) * 2;
const double = defineStep({
  class: "Double",
  version: "2",
  inputs: { n: z.number() },
  outputs: { n: z.number() },
  config: z.strictObject({ by: z.number().default(2) }),
  run: ({ inputs, config }) => ({ n: inputs.n * config.by }),
});

/** A module that was loaded already; remembers what it was asked for. */
function moduleOf(exported: { readonly [name: string]: unknown }): Modules & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    load(path) {
      asked.push(path);
      return Promise.resolve(exported);
    },
  };
}

const registry = createRegistry({ definitions: [double], functions: { twice } });
const call = (name: string, config: JsonObject = {}, exported?: string): ComponentCall => ({
  class: name,
  version: "1",
  config,
  ...(exported === undefined ? {} : { module: { path: "steps.ts", export: exported } }),
});
const run = (
  step: StepDefinition,
  inputs: { readonly [port: string]: Json },
  config: JsonObject = {},
): Promise<unknown> => step.run({ inputs, config, context });

describe("createStepCode", () => {
  it("step code: a registered class is found by canonical and short name", async () => {
    const code = createStepCode({ registry });
    expect((await code.find(call("Double"), folders)).version).toBe("2");
    expect((await code.find(call("ValidateStep"), folders)).class).toBe("nanobrain.core.step.ValidateStep");
  });

  it("step code: a class nobody registered, and one that is no step, are configuration failures", async () => {
    const code = createStepCode({ registry });
    await expect(code.find(call("Nobody"), folders)).rejects.toMatchObject({
      code: "E_CLASS",
      details: { class: "Nobody" },
    });
    await expect(code.find(call("DirectLink"), folders)).rejects.toMatchObject({ code: "E_CLASS" });
  });

  it("step code: FunctionStep finds registered functions, and exports of modules", async () => {
    const code = createStepCode({ registry, modules: moduleOf({ thrice: (value: Json) => Number(value) * 3 }) });
    const step = "nanobrain.core.step.FunctionStep";
    expect(await run(await code.find(call(step, { function: "twice" }), folders), { n: 4 })).toEqual({ output: 8 });
    expect(
      await run(await code.find(call(step, { function: "./steps.ts#thrice" }, "thrice"), folders), { n: 4 }),
    ).toEqual({ output: 12 });
  });

  it("step code: a module's class has its config checked before it runs", async () => {
    const code = createStepCode({ registry, modules: moduleOf({ Double: double }) });
    const step = await code.find(call("Double", {}, "Double"), folders);
    expect(await run(step, { n: 4 })).toEqual({ n: 8 });
    expect(await run(step, { n: 4 }, { by: 10 })).toEqual({ n: 40 });
    await expect(run(step, { n: 4 }, { by: "x" })).rejects.toMatchObject({
      code: "E_CONFIG",
      message: expect.stringMatching(/Double.*by: .*number/),
    });
  });

  it("step code: what a module does not export, or inherits, is refused with what it does export", async () => {
    const code = createStepCode({ registry, modules: moduleOf({ Double: double, twice, text: "x" }) });
    for (const name of ["text", "toString", "__proto__", "Triple"]) {
      await expect(code.find(call(name, {}, name), folders)).rejects.toMatchObject({
        code: "E_MODULE_EXPORT",
        hint: "It exports Double, twice.",
      });
    }
  });

  it("step code: without modules nothing of the user's is loaded", async () => {
    await expect(createStepCode({ registry }).find(call("Double", {}, "Double"), folders)).rejects.toMatchObject({
      code: "E_MODULES_OFF",
    });
  });

  it("step code: a module is asked for each time, so that an edited one counts", async () => {
    const modules = moduleOf({ Double: double });
    const code = createStepCode({ registry, modules });
    await code.find(call("Double", {}, "Double"), folders);
    await code.find(call("Double", {}, "Double"), folders);
    expect(modules.asked).toEqual(["steps.ts", "steps.ts"]);
  });
});

describe("describeModule", () => {
  it("describeModule: names the classes with ports and config, and the functions", async () => {
    const described = await describeModule("steps.ts", folders, moduleOf({ Double: double, twice, text: "x" }), z);
    expect(described).toMatchObject({
      classes: [
        {
          export: "Double",
          class: "Double",
          version: "2",
          ports: {
            inputs: { n: { schema: { type: "number" } } },
            outputs: { n: { schema: { type: "number" } } },
            openInputs: false,
            openOutputs: false,
          },
          config: { type: "object", properties: { by: { type: "number", default: 2 } }, additionalProperties: false },
        },
      ],
      functions: ["twice"],
    });
    expect(JSON.parse(JSON.stringify(described))).toEqual(described);
  });
});
