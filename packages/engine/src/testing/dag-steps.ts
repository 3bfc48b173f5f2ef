import { defineStep, type StepArguments } from "../components/define-step.js";
import type { StepDefinition } from "../contracts/component.js";
import type { Json, JsonObject } from "../contracts/json.js";
import { stepFailure } from "../errors/step-failure.js";
import { dagOutputs, type PlainDag } from "./plain-dag.js";

/** Called when the code of a step begins. */
export type OnStep = (step: string) => void;

type Given = StepArguments<{ readonly [port: string]: Json }, JsonObject>;

/** The classes of a plan of `plainDag`, as users define theirs. Half of them take their arguments apart, half as a whole. */
export function dagSteps(dag: PlainDag, onStep: OnStep): StepDefinition[] {
  const failed = new Set<string>();
  return Object.keys(dag.spec.steps).map((name, index) => {
    const common = { class: `built.${name}`, version: "1" } as const;
    const whole = (given: Given) => {
      onStep(name);
      return outputs(name, given, failed);
    };
    if (index % 2 === 0) return defineStep({ ...common, run: (given) => whole(given) });
    return defineStep({
      ...common,
      run({ inputs, config, runId, log, effect, emit, progress }) {
        return whole({ inputs, config, runId, log, effect, emit, progress } as unknown as Given);
      },
    });
  });
}

function outputs(name: string, given: Given, failed: Set<string>): Made | Promise<Made> {
  const { inputs, config } = given;
  const made = dagOutputs(name, config, inputs);
  if (config["trouble"] !== undefined) return troubled(name, given, made, failed);
  if (config["manner"] === "at once") return made;
  if (config["manner"] === "promise") return Promise.resolve(made);
  return new Promise((resolve) => setImmediate(() => resolve(made)));
}

type Made = { readonly [port: string]: unknown };

async function troubled(
  name: string,
  { config, runId, log, progress, effect, emit }: Given,
  made: { readonly out?: Json; readonly more: Json },
  failed: Set<string>,
): Promise<Made> {
  switch (config["trouble"]) {
    case "fails":
      throw stepFailure(`${name} fails`);
    case "fails once":
      if (failed.has(`${runId} ${name}`)) return made;
      failed.add(`${runId} ${name}`);
      throw stepFailure(`${name} fails for now`, { kind: "network" });
    case "leaves out":
      return { more: made.more };
    case "no JSON":
      return { ...made, out: 10n };
    case "speaks":
      log("info", `${name} speaks`);
      progress(0.5, "half of it");
      return made;
    case "remembers":
      return { ...made, out: await effect("once", () => made.out ?? null) };
    default:
      await emit("out", made.out ?? null);
      return { more: made.more };
  }
}
