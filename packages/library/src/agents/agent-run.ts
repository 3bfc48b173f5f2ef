import type { StepContext } from "@nanobrain/engine";
import type { Model } from "../models/model.js";
import type { openModel } from "../models/open-model.js";
import type { AgentConfig, AgentEntry } from "./agent-config.js";
import type { Budget } from "./budget.js";
import type { TextStream } from "./text-stream.js";
import type { Tool } from "./tools/tool.js";

/** One agent at work on one task, within an attempt of a step. */
export type AgentRun = {
  readonly context: StepContext;
  /** Of names of effects and questions: empty for the step's own agent, else `PLACE/`. */
  readonly prefix: string;
  /** For messages. */
  readonly name: string;
  readonly className: string;
  readonly config: AgentConfig;
  readonly model: Model;
  readonly openModel: typeof openModel;
  readonly budget: Budget;
  readonly tools: ReadonlyMap<string, Tool>;
  /** Only of the step's own agent. */
  readonly stream?: TextStream;
  /** Other agents by name. */
  readonly agents: { readonly [name: string]: AgentEntry };
  /** Numbers calls: 1, 2, ... */
  nextCall(): number;
};
