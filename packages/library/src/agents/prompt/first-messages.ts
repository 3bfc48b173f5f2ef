import { type Json, type JsonObject, nanobrainError } from "@nanobrain/engine";
import { renderTemplate } from "@nanobrain/engine/steps";
import type { Message } from "../../models/model.js";
import type { AgentConfig } from "../agent-config.js";
import { dataRule, fenced } from "./fence.js";
import { fitted } from "./fitted.js";
import { heldTurns } from "./held-turns.js";
import { namesIn } from "./named-inputs.js";

export type Task = {
  /** Liquid. */
  readonly prompt: string;
  readonly systemPrompt?: string;
  readonly inputs: { readonly [port: string]: Json };
  /** What was said before; undefined: it is no conversation. */
  readonly history?: Json;
  readonly hasTools: boolean;
  /** Inputs that tools get in its place. */
  readonly ofTools: ReadonlySet<string>;
};

export type FirstMessages = {
  readonly messages: readonly Message[];
  readonly prompt: string;
  /** What was left out, for people. */
  readonly notes: readonly string[];
  readonly given: JsonObject;
};

/**
 * What a model is told first. Inputs that the prompt names stand where it names them; the others follow as data, between marks, within
 * `max_input_characters` in all. Throws E_AGENT_INPUT when the prompt alone is longer.
 */
export function firstMessages(task: Task, agent: AgentConfig): FirstMessages {
  const limit = agent.max_input_characters ?? 200_000;
  const system = systemText(task, agent);
  const prompt = renderTemplate(task.prompt, task.inputs, { format: "text" }).trim();
  const named = new Set([
    ...namesIn(task.prompt),
    ...namesIn(`${agent.system_prompt ?? ""}${task.systemPrompt ?? ""}`),
  ]);
  const others = Object.entries(task.inputs).filter(([port]) => !named.has(port) && !task.ofTools.has(port));
  const room = limit - prompt.length - system.length;
  if (room < 0)
    throw nanobrainError("E_AGENT_INPUT", {
      what: `the prompts have ${prompt.length + system.length} characters, ${limit} are allowed`,
    });
  const { parts, notes, given } = appended(others, room);
  const turns = heldTurns(task.history, agent.history);
  const rule = parts.length > 0 || task.hasTools || named.size > 0 ? dataRule : "";
  const first = [system, rule].filter((text) => text !== "").join("\n\n");
  return {
    messages: [
      ...(first === "" ? [] : [{ role: "system" as const, text: first }]),
      ...turns.messages,
      { role: "user", text: [prompt, ...parts].filter((text) => text !== "").join("\n\n") },
    ],
    prompt,
    notes: [...notes, ...turns.notes],
    given,
  };
}

function systemText({ inputs, systemPrompt }: Task, agent: AgentConfig): string {
  const texts = [agent.persona, agent.system_prompt, systemPrompt].filter((text) => text !== undefined);
  return texts.map((text) => renderTemplate(text, inputs, { format: "text" }).trim()).join("\n\n");
}

type Appended = { readonly parts: readonly string[]; readonly notes: readonly string[]; readonly given: JsonObject };

/** The smaller inputs first get all they need; the larger ones share what is left. */
function appended(inputs: readonly (readonly [string, Json])[], room: number): Appended {
  const lengths = inputs.map(([, value]) => (typeof value === "string" ? value : JSON.stringify(value)).length);
  const order = [...inputs.keys()].sort((a, b) => (lengths[a] ?? 0) - (lengths[b] ?? 0));
  const parts: string[] = [];
  const notes: string[] = [];
  const given: { [port: string]: JsonObject } = {};
  let left = room;
  order.forEach((at, done) => {
    const [port, value] = inputs[at] ?? ["", null];
    const one = fitted(value, Math.max(0, Math.floor(left / (inputs.length - done))));
    left -= one.text.length;
    parts[at] = fenced(port, one);
    const { records, shown } = one;
    given[port] = records === undefined || shown === undefined ? {} : { records, shown };
    if (one.leftOut !== undefined) notes.push(`The model was not given ${one.leftOut} of input ${port}.`);
  });
  return { parts, notes, given };
}
