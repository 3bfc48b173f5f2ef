import type { Json, JsonObject } from "../contracts/json.js";

const text = (description: string): JsonObject => ({ type: "string", description });
const flag = (description: string): JsonObject => ({ type: ["boolean", "string"], description });
const oneOf = (description: string, ...values: readonly Json[]): JsonObject => ({ enum: values, description });
const reference = (name: string): JsonObject => ({ $ref: `#/$defs/${name}` });
const duration = (description: string): JsonObject => ({
  type: ["number", "string"],
  description: `${description} Seconds, or 90s, 5m, 2h.`,
});
const count = (description: string, minimum = 0): JsonObject => ({
  anyOf: [{ type: "integer", minimum }, { type: "string" }],
  description,
});

/** A map by name, or a list whose items say their names. */
function named(item: JsonObject, description: string): JsonObject {
  return {
    anyOf: [
      { type: "object", additionalProperties: item },
      { type: "array", items: item },
    ],
    description,
  };
}

/** A component with more keys beside `class` and `config`. */
function component(name: string, keys: JsonObject): JsonObject {
  return { allOf: [reference(name)], type: "object", properties: keys };
}

const anySchema: JsonObject = {
  type: ["object", "boolean", "string"],
  description: "JSON Schema, or the path of one.",
};

const errorHandling = oneOf("What a failure means.", "continue", "stop", "retry", "rollback");

const resources: JsonObject = {
  type: "object",
  additionalProperties: { type: ["number", "string"] },
  description: "Amounts by pool: cpu, memory, io, network, gpu, or pools of one's own.",
};

/** The keys of a document, but for what classes say of their configs. */
export function documentShape(): JsonObject {
  return {
    title: "NanoBrain workflow",
    type: "object",
    properties: {
      name: text("The workflow's name."),
      class: text("Workflow, or a kind of it."),
      description: text("For people."),
      version: { type: ["string", "number"], description: "The document's version." },
      extends: text("Path of a document this one builds on: maps merge, lists replace."),
      module: text("Module of the functions named here."),
      execution_strategy: oneOf(
        "Which ready steps may start.",
        "sequential",
        "parallel",
        "graph",
        "graph_based",
        "event_driven",
      ),
      completion: oneOf("When an event-driven run ends.", "quiescent", "outputs", "manual"),
      error_handling: errorHandling,
      error_handling_config: errorHandlingConfig(),
      on_failure: reference("runnable"),
      on_success: reference("runnable"),
      on_pause: reference("runnable"),
      input_data_units: named(unit(), "What the workflow takes."),
      output_data_units: named(unit(), "What the workflow gives."),
      data_units: named(unit(), "Values in between."),
      steps: named(component("runnable", stepKeys()), "The steps."),
      links: named(component("link", { name: text("The link's name.") }), "What travels between steps and units."),
      triggers: named(component("trigger", { name: text("The trigger's name.") }), "What fires steps, or starts runs."),
      executor: { anyOf: [reference("executor"), { type: "string" }], description: "Where steps run." },
      resources: { ...resources, description: "Pool sizes; default: this machine's." },
      budget: budget(),
      monitoring: monitoring(),
      metadata: { description: "Anything; not read." },
    },
    patternProperties: { "^x-": {} },
    required: ["name", "steps"],
    additionalProperties: false,
  };
}

function budget(): JsonObject {
  const properties = {
    model_calls: count("Calls of models."),
    tool_calls: count("Calls of tools."),
    tokens: count("Tokens, sent and answered together.", 1),
    usd: { type: ["number", "string"], description: "US dollars; the models need a price." },
    time: duration("Of all calls together; waiting for people does not count."),
  };
  const description = "Most of what agents may use up in one run, with all that it calls, kept over restarts.";
  return { type: "object", properties, additionalProperties: false, description };
}

function unit(): JsonObject {
  return component("unit", {
    schema: anySchema,
    default: { description: "The value where nothing sets the unit." },
    optional: flag("The unit may stay unset."),
    role: oneOf("What the unit is for.", "input", "parameter", "result", "metric"),
    merge: oneOf("How values of several links become one.", "single", "first", "list", "each", "collect"),
  });
}

function stepKeys(): JsonObject {
  return {
    name: text("The step's name."),
    description: text("For people."),
    error_handling: errorHandling,
    max_retries: count("Further attempts."),
    retry_delay: duration("Before the first retry; doubles."),
    timeout: duration("Of one attempt."),
    fallback: reference("runnable"),
    on_rollback: reference("runnable"),
    on_timeout: { description: "The answer when time is up." },
    resources,
    executor: { anyOf: [reference("executor"), { type: "string" }] },
    cache: oneOf("Whether results are used again.", "off", "run", "shared"),
    checkpoint: flag("Take a checkpoint after this step."),
    depends_on: { type: ["array", "string"], items: { type: "string" }, description: "Steps that must settle first." },
    when_absent: oneOf("What a missing required input means.", "skip", "fail"),
    concurrency: count("Activations at once.", 1),
    max_activations: count("Bound on activations.", 1),
    for_each: forEach(),
    repeat: repeat(),
    inputs: { type: "object", description: "By port: a constant, or from, default, merge, hold, optional, schema." },
    outputs: { type: ["object", "array"], description: "Ports of components whose ports are open." },
  };
}

function forEach(): JsonObject {
  const properties = {
    over: text("Input that holds the list."),
    as: text("Input of one item; default: item."),
    concurrency: count("Items at once.", 1),
    max_failures: count("Items that may fail."),
  };
  return { type: "object", properties, required: ["over"], additionalProperties: false };
}

function repeat(): JsonObject {
  const properties = {
    until: text("CEL condition over the outputs that ends the loop."),
    max: count("Rounds at most.", 1),
    carry: { type: "object", additionalProperties: { type: "string" }, description: "Outputs to inputs." },
    on_max: oneOf("What reaching max means.", "accept", "fail"),
  };
  return { type: "object", properties, additionalProperties: false };
}

function errorHandlingConfig(): JsonObject {
  const properties = {
    max_retries: count("Further attempts of a step."),
    retry_delay: duration("Before the first retry; doubles."),
    timeout: duration("Of the whole run."),
    rollback_on_failure: flag("Restore the last checkpoint when retries are used up."),
    preserve_partial_results: flag("Keep what was produced readable."),
  };
  return { type: "object", properties, additionalProperties: false };
}

function monitoring(): JsonObject {
  const properties = {
    enable_progress_tracking: flag("Publish progress."),
    checkpoint_interval: duration("Between checkpoints."),
    metrics_collection: flag("Keep durations, sizes, resource use."),
    real_time_updates: flag("Tell watchers at once."),
    performance_optimization: flag("Learn from earlier runs."),
  };
  return { type: "object", properties, additionalProperties: false };
}
