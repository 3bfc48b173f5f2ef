import type { Json, JsonObject, JsonSchema, StepContext } from "@nanobrain/engine";
import type { Message } from "../models/model.js";
import { localModelName } from "../models/model-name.js";
import type { openModel } from "../models/open-model.js";
import type { AgentConfig, AgentEntry, BudgetConfig } from "./agent-config.js";
import type { AgentRun } from "./agent-run.js";
import { type Budget, openBudget } from "./budget.js";
import { askedBefore, workTogether } from "./collaborate.js";
import { type Conversed, converse } from "./converse.js";
import { firstMessages } from "./prompt/first-messages.js";
import { readFiles } from "./prompt/read-files.js";
import type { TextStream } from "./text-stream.js";
import { inputsOfTools, withFixedInputs } from "./tools/fixed-inputs.js";
import { openTools } from "./tools/open-tools.js";

/** What an agent is to do. */
export type AgentTask = {
  /** Liquid. */
  readonly prompt: string;
  readonly systemPrompt?: string;
  readonly inputs: { readonly [port: string]: Json };
  readonly history?: Json;
  readonly schema?: JsonSchema;
};

export type TaskPlace = {
  readonly context: StepContext;
  readonly openModel: typeof openModel;
  /** Of names of effects: empty, or `PLACE/`. */
  readonly prefix?: string;
  readonly name: string;
  /** Besides the agent's own. */
  readonly budget?: BudgetConfig;
  /** Of the agent that asks this one. */
  readonly over?: Budget;
  readonly stream?: TextStream;
  /** How many agents ask each other above this one. */
  readonly depth?: number;
};

/** `perform`: how the agents that this one asks do their tasks. */
export type AgentPlace = TaskPlace & { readonly perform: typeof performTask };

export type AgentResult = Conversed & {
  readonly prompt: string;
  readonly notes: readonly string[];
  readonly given: JsonObject;
  readonly budget: Budget;
};

/** Lets an agent do a task: its prompt, other agents that are asked before, the conversation with tools, and others' part in the answer. */
export async function performTask(agent: AgentEntry, task: AgentTask, given: TaskPlace): Promise<AgentResult> {
  const place: AgentPlace = { ...given, perform: performTask };
  const config = withFixedInputs(agent.config, task.inputs);
  const budget = openBudget(place.name, place.budget ?? config.budget, place.over);
  const tools = await openTools({ ...agent, config }, place, budget);
  try {
    const run = runOf(agent, place, budget, tools.byName);
    const notes = modelNotes(run);
    const { inputs, notes: ofFiles } = await readFiles(task.inputs, place.context);
    notes.push(...ofFiles);
    const first = firstMessages(
      { ...task, inputs, hasTools: tools.byName.size > 0, ofTools: inputsOfTools(agent.config) },
      config,
    );
    const before = await askedBefore(run, first.prompt, place);
    const conversation = await converse(run, withAdvice(first.messages, before), task.schema);
    const agreed = await workTogether(
      run,
      conversation,
      { task: first.prompt, ...(task.schema === undefined ? {} : { schema: task.schema }) },
      place,
    );
    if (agreed.finish === "length") notes.push("The answer was cut off at its longest length.");
    const all = [...notes, ...first.notes];
    for (const note of all) if (!isWanted(run, note)) warn(place, note);
    return { ...agreed, prompt: first.prompt, notes: all, given: first.given, budget };
  } finally {
    await tools.close();
  }
}

function runOf(agent: AgentEntry, place: AgentPlace, budget: Budget, tools: AgentRun["tools"]): AgentRun {
  const { config } = agent;
  let calls = 0;
  return {
    context: place.context,
    prefix: place.prefix ?? "",
    name: place.name,
    className: agent.class,
    config,
    model: place.openModel(config),
    openModel: place.openModel,
    budget,
    tools,
    ...(place.stream === undefined ? {} : { stream: place.stream }),
    agents: config.agents ?? {},
    nextCall: () => (calls += 1),
  };
}

const localNote = "The answer is from the local model, which only quotes and counts";

/** Whoever reads the result must know that no language model made it. */
function modelNotes(run: AgentRun): string[] {
  if (run.model.name !== localModelName) return [];
  const why = isChosen(run.config) ? "" : ", as no model is named and NANOBRAIN_MODEL is not set";
  const idle = run.tools.size === 0 ? "" : "; it uses no tools";
  return [`${localNote}${why}${idle}.`];
}

const isChosen = ({ model, endpoints }: AgentConfig): boolean =>
  model !== undefined || endpoints !== undefined || (process.env["NANOBRAIN_MODEL"] ?? "") !== "";

/** Who names the local model need not be warned of it. */
const isWanted = ({ config, tools }: AgentRun, note: string): boolean =>
  note.startsWith(localNote) && isChosen(config) && tools.size === 0;

function warn({ context, name }: AgentPlace, note: string): void {
  context.warn(name === context.step ? note : `${name}: ${note}`);
}

function withAdvice(messages: readonly Message[], advice: string): readonly Message[] {
  const last = messages.at(-1);
  if (advice === "" || last?.role !== "user") return messages;
  return [...messages.slice(0, -1), { role: "user", text: `${last.text}\n\n${advice}` }];
}
