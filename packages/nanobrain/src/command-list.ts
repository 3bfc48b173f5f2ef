import type { CommandMain, CommandSpec, OperandSpec, OptionSpec } from "./command-spec.js";
import type { SteeringCommand } from "./commands/steer.js";

const store: OptionSpec = { name: "store", value: "DIR", about: "folder that keeps the runs" };
const json: OptionSpec = { name: "json", about: "one JSON document on stdout" };
const jsonl: OptionSpec = { name: "jsonl", about: "one event per line on stdout" };
const all: OptionSpec = { name: "all", about: "print every fault, not only the first 20" };
const noModules: OptionSpec = {
  name: "no-modules",
  about: "refuse classes and functions of the project's own modules",
};
const out: OptionSpec = { name: "out", value: "DIR", about: "folder for the files among the outputs" };
const strategy: OptionSpec = {
  name: "strategy",
  value: "S",
  about: "sequential, parallel or graph, instead of the document's",
};
const executor: OptionSpec = { name: "executor", value: "E", about: "local or thread, instead of the document's" };
const set: OptionSpec = {
  name: "set",
  value: "PATH=VALUE",
  many: true,
  about: "set a value of the document, such as steps.read.config.limit=5",
};

const recording: readonly OptionSpec[] = [
  { name: "record-http", value: "DIR", about: "keep what services answer in this folder" },
  {
    name: "replay-http",
    value: "DIR",
    about:
      "answer from this folder instead of asking services; with --record-http of the same folder: ask for what is not there",
  },
];

const file: OperandSpec = { name: "FILE" };
const id: OperandSpec = { name: "ID" };
const step: OperandSpec = { name: "STEP" };

const running: readonly OptionSpec[] = [out, ...recording, store, noModules, json, jsonl];
const looking: readonly OptionSpec[] = [store, json];

function command(
  name: string,
  summary: string,
  operands: readonly OperandSpec[],
  options: readonly OptionSpec[],
  load: () => Promise<{ readonly main: CommandMain }>,
): CommandSpec {
  return { name, summary, operands, options, load: async () => (await load()).main };
}

/** Steers one run, whoever drives it. */
function steering(
  name: SteeringCommand,
  summary: string,
  operands: readonly OperandSpec[] = [],
  options: readonly OptionSpec[] = [],
): CommandSpec {
  const load = async () => (await import("./commands/steer.js")).steer(name);
  return { name, summary, operands: [id, ...operands], options: [...options, store, json], load };
}

/** Commands of the promised set whose turn has not come. */
function later(name: string, summary: string): CommandSpec {
  const load = async () => (await import("./commands/later.js")).laterCommand(name);
  return { name, summary, operands: [{ name: "ARGS", many: true, optional: true }], options: [], later: true, load };
}

const runOptions: readonly OptionSpec[] = [
  { name: "input", short: "i", value: "NAME=VALUE", many: true, about: "an input; NAME=@FILE takes it from a file" },
  { name: "input-file", value: "F", about: "a JSON file with inputs by name" },
  { name: "run-id", value: "ID", about: "id of the run; of an existing one: attach to it" },
  strategy,
  executor,
  set,
  { name: "only", value: "STEP", about: "run this step and what it needs" },
  { name: "no-cache", about: "neither use nor keep cached results" },
  { name: "detach", about: "go on in the background" },
  all,
  ...running,
];

export const commandList: readonly CommandSpec[] = [
  command("run", "run a workflow to the end", [file], runOptions, () => import("./commands/run.js")),
  command(
    "plan",
    "what would run, in what order and groups",
    [file],
    [
      { name: "format", value: "F", about: "text, json, mermaid, dot or svg" },
      strategy,
      executor,
      set,
      all,
      noModules,
      json,
    ],
    () => import("./commands/plan.js"),
  ),
  command(
    "validate",
    "every fault of documents at once",
    [{ name: "FILE", many: true }],
    [set, all, noModules, json],
    () => import("./commands/validate.js"),
  ),
  command(
    "serve",
    "run what reacts: event-driven workflows, and others when a timer or folder says so",
    [{ name: "FILE", many: true }],
    [
      { name: "input", short: "i", value: "NAME=VALUE", many: true, about: "an input of the first document" },
      executor,
      set,
      all,
      ...recording,
      store,
      noModules,
      jsonl,
    ],
    () => import("./commands/serve.js"),
  ),
  command(
    "chat",
    "talk to a chat workflow",
    [file],
    [
      { name: "session", value: "NAME", about: "the conversation to go on with (default main)" },
      { name: "message", short: "m", value: "TEXT", about: "only this message" },
      {
        name: "policy",
        value: "P",
        about: "what a message does to the one before it: enqueue, reject, interrupt or rollback",
      },
      { name: "input", short: "i", value: "NAME=VALUE", many: true, about: "a further input of the document" },
      set,
      all,
      ...recording,
      store,
      noModules,
      jsonl,
    ],
    () => import("./commands/chat.js"),
  ),
  command(
    "mcp",
    "workflows as MCP tools, over standard input and output",
    [{ name: "FILE", many: true, optional: true }],
    [executor, set, all, ...recording, store, noModules],
    () => import("./commands/mcp.js"),
  ),
  command(
    "resume",
    "go on with a run that stopped",
    [id],
    [{ name: "updated", about: "with the document as it is now" }, ...running],
    () => import("./commands/resume.js"),
  ),
  command(
    "rerun",
    "a new run that begins with the finished steps of another one",
    [id],
    [{ name: "from", value: "STEP", about: "the first step to run again" }, all, ...running],
    () => import("./commands/rerun.js"),
  ),
  command(
    "runs",
    "the runs of the store, newest first",
    [],
    [
      { name: "limit", value: "N", about: "at most this many (default 20)" },
      { name: "unfinished", about: "only those that have not ended" },
      { name: "workflow", value: "NAME", about: "only runs of this workflow" },
      { name: "prune", about: "remove ended runs and what only they used" },
      { name: "keep", value: "AGE", about: "with --prune: keep runs that ended later than this, such as 30d" },
      { name: "dry-run", about: "with --prune: only say what would go" },
      ...looking,
    ],
    () => import("./commands/runs.js"),
  ),
  command(
    "show",
    "one run: steps, outputs, failures",
    [id],
    [{ name: "all", about: "every step and call of a long list" }, ...looking],
    () => import("./commands/show.js"),
  ),
  command(
    "events",
    "the journal of a run",
    [id],
    [{ name: "after", value: "N", about: "only events with higher numbers" }, jsonl, ...looking],
    () => import("./commands/events.js"),
  ),
  command(
    "logs",
    "what steps logged and what happened to them",
    [id],
    [
      { name: "step", value: "STEP", about: "only this step and what is inside it" },
      { name: "level", value: "L", about: "debug, info, warn or error and above (default info)" },
      jsonl,
      ...looking,
    ],
    () => import("./commands/logs.js"),
  ),
  command(
    "data",
    "a value of a run: STEP.PORT or a data unit",
    [id, { name: "STEP.PORT" }],
    [{ name: "out", value: "FILE", about: "write it to a file" }, store, json],
    () => import("./commands/data.js"),
  ),
  command(
    "why",
    "why a step ran, waited, was skipped, retried or cached",
    [id, step],
    [{ name: "all", about: "every call of an agent" }, ...looking],
    () => import("./commands/why.js"),
  ),
  command(
    "report",
    "a run as one HTML page: timeline, graph, steps, failures, data",
    [id],
    [
      { name: "out", value: "FILE", about: "where to write it (default RUN.html)" },
      { name: "open", value: "W", about: "yes or no: show it in the browser (default: at a terminal)" },
      store,
    ],
    () => import("./commands/report.js"),
  ),
  command(
    "schema",
    "write the JSON Schema for editors, and the registry of the project's modules",
    [{ name: "DIR", optional: true }],
    [noModules],
    () => import("./commands/schema.js"),
  ),
  command(
    "docs",
    "a class: config, ports, example; without one, all classes",
    [{ name: "CLASS", optional: true }],
    [json],
    () => import("./commands/docs.js"),
  ),
  command(
    "explain",
    "a code of an error or a diagnostic; without one, all codes",
    [{ name: "CODE", optional: true }],
    [json],
    () => import("./commands/explain.js"),
  ),
  command(
    "init",
    "a folder with a workflow that runs",
    [{ name: "DIR" }],
    [{ name: "template", value: "T", about: "hello, table, typescript, agent or chat (default hello)" }],
    () => import("./commands/init.js"),
  ),
  command(
    "doctor",
    "look at this machine and the store for what may be wrong",
    [],
    looking,
    () => import("./commands/doctor.js"),
  ),
  command(
    "backup",
    "copy the store to a new folder, also while runs go on",
    [{ name: "DIR" }],
    looking,
    () => import("./commands/backup.js"),
  ),
  command(
    "restore",
    "make the store of a backup",
    [{ name: "DIR" }],
    [{ name: "replace", about: "put the store that is there aside" }, ...looking],
    () => import("./commands/restore.js"),
  ),
  steering("pause", "let running attempts finish and start nothing new"),
  steering(
    "cancel",
    "abort what runs and end the run",
    [],
    [{ name: "reason", value: "TEXT", about: "why, for the journal" }],
  ),
  steering(
    "trigger",
    "fire a manual trigger of a run",
    [{ name: "NAME" }],
    [{ name: "data", short: "d", value: "JSON", about: "its payload" }],
  ),
  steering(
    "answer",
    "answer a step that waits for a person",
    [step],
    [{ name: "data", short: "d", value: "JSON", about: "the answer; what is no JSON is a text" }],
  ),
  steering("finish", "close the triggers of a run, so that it completes"),
  command("diff", "what differs between two runs", [id, { name: "ID2" }], looking, () => import("./commands/diff.js")),
  later("worker", "a worker of a distributed engine"),
];
