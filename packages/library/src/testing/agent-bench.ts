import type { Diagnostic, Json, JsonObject, Pack, RunHandle, RunResult, StepDefinition } from "@nanobrain/engine";
import { createTestRuntime, type TestRuntime } from "@nanobrain/engine/testing";
import { agentStepWith } from "../agents/agent-step.js";
import type { ScriptedAnswer } from "../models/scripted/script.js";
import { type ScriptedModel, scriptedModel } from "../models/scripted/scripted-model.js";
import { pack } from "../pack.js";

export type ScriptedAnswers = Parameters<typeof scriptedModel>[0];

/** A workflow of one AgentStep. `models`: by the name that an agent's config gives, besides `openai/main`. */
export type AgentTrial = {
  readonly config?: JsonObject;
  /** The agent's config, and `class` if it is not SimpleAgent. */
  readonly agent?: JsonObject;
  readonly inputs?: { readonly [port: string]: Json };
  readonly files?: { readonly [path: string]: string };
  readonly models?: { readonly [name: string]: ScriptedModel };
  readonly outputs?: readonly string[];
  readonly steps?: readonly StepDefinition[];
  readonly executor?: string;
  readonly secrets?: { readonly [name: string]: string };
};

export type AgentRunEnded = RunResult & { readonly model: ScriptedModel };

/** Runs agents whose models are played. Whoever opens it closes it. */
export type AgentBench = {
  run(trial: AgentTrial, answers: ScriptedAnswers): Promise<AgentRunEnded>;
  start(
    trial: AgentTrial,
    answers: ScriptedAnswers,
  ): Promise<{ readonly handle: RunHandle; readonly model: ScriptedModel; readonly runtime: TestRuntime }>;
  diagnostics(trial: AgentTrial): Promise<readonly Diagnostic[]>;
  close(): Promise<void>;
};

export function openAgentBench(): AgentBench {
  const runtimes: TestRuntime[] = [];
  const open = async (trial: AgentTrial, answers: ScriptedAnswers) => {
    const model = scriptedModel(answers);
    const runtime = await createTestRuntime({
      packs: [playedPack({ "openai/main": model, ...trial.models })],
      steps: trial.steps ?? [],
      secrets: trial.secrets ?? {},
      files: { "flow.yml": documentOf(trial), ...trial.files },
    });
    runtimes.push(runtime);
    return { runtime, model };
  };
  const start: AgentBench["start"] = async (trial, answers) => {
    const { runtime, model } = await open(trial, answers);
    const loaded = await runtime.load("flow.yml");
    return { handle: await runtime.start(loaded, {}), model, runtime };
  };
  return {
    start,
    async run(trial, answers) {
      const { handle, model } = await start(trial, answers);
      return { ...(await handle.result()), model };
    },
    diagnostics: async (trial) => (await (await open(trial, [])).runtime.load("flow.yml")).diagnostics,
    async close() {
      for (const runtime of runtimes.splice(0)) await runtime.close({ drainMs: 0 });
    },
  };
}

const className = "nanobrain.library.steps.AgentStep";

function playedPack(models: { readonly [name: string]: ScriptedModel }): Pack {
  const definition = agentStepWith(({ model = "" }) => models[model] ?? scriptedModel([]));
  const classes = pack.classes.map((entry) =>
    entry.class === className ? { ...entry, load: () => Promise.resolve(definition) } : entry,
  );
  return { ...pack, classes };
}

/** As JSON, which is YAML too, with a key a line. */
function documentOf({
  config = {},
  agent = {},
  inputs = {},
  outputs = ["analysis_results"],
  executor,
}: AgentTrial): string {
  const { class: kind = "SimpleAgent", ...rest } = agent;
  const component = { class: kind, config: { model: "openai/main", ...rest } };
  const units = Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [name, { class: "DataUnitMemory", default: value }]),
  );
  const document = {
    name: "agents",
    ...(executor === undefined ? {} : { executor }),
    input_data_units: units,
    output_data_units: Object.fromEntries(
      outputs.map((name) => [`out_${name}`, { class: "DataUnitMemory", optional: true }]),
    ),
    steps: {
      think: {
        class: "AgentStep",
        config: { agent: component, ...("analysis_prompt" in config ? {} : { prompt: "Say it." }), ...config },
        inputs: Object.fromEntries(Object.keys(inputs).map((name) => [name, { from: name }])),
      },
    },
    links: Object.fromEntries(
      outputs.map((name) => [
        `to_${name}`,
        { class: "DirectLink", config: { source: `think.${name}`, target: `out_${name}` } },
      ]),
    ),
  };
  return JSON.stringify(document, null, 1);
}

/** An answer that asks for tools. */
export const toolCalls = (...list: readonly (readonly [name: string, input: Json])[]): ScriptedAnswer => ({
  tool_calls: list.map(([name, input]) => ({ name, input })),
});

/** What a model was told of tools' results so far, in the last request. */
export function toolResults(model: ScriptedModel): readonly JsonObject[] {
  return (model.requests.at(-1)?.messages ?? []).flatMap((one) =>
    one.role === "tool" ? [one.result as JsonObject] : [],
  );
}

export const analysisOf = ({ outputs }: AgentRunEnded): JsonObject =>
  (outputs as JsonObject)["out_analysis_results"] as JsonObject;
