import type { JsonSchema } from "@nanobrain/engine";
import type { Message } from "../models/model.js";
import type { AgentRun } from "./agent-run.js";
import { askAgent } from "./ask-agent.js";
import { type Conversed, converse } from "./converse.js";
import type { AgentPlace } from "./perform-task.js";
import { fenced } from "./prompt/fence.js";

export type Work = { readonly task: string; readonly schema?: JsonSchema };

/** What agents say whose keywords are in the prompt: they are asked before the agent itself. Empty: nobody. */
export async function askedBefore(run: AgentRun, prompt: string, place: AgentPlace): Promise<string> {
  const words = prompt.toLowerCase();
  const said: string[] = [];
  const asked = new Set<string>();
  for (const { to, keywords = [] } of run.config.delegation ?? []) {
    const agent = run.agents[to];
    if (agent === undefined || asked.has(to) || !keywords.some((word) => words.includes(word.toLowerCase()))) continue;
    asked.add(to);
    said.push(
      fenced(`agent/${to}`, { text: await askAgent(agent, prompt, `${run.prefix}before/${to}`, place, run.budget) }),
    );
  }
  return said.length === 0 ? "" : `What others said to this task:\n\n${said.join("\n\n")}`;
}

/** The others' part in an answer: they criticize it, or answer too; then the agent answers anew, knowing what they said. */
export async function workTogether(run: AgentRun, draft: Conversed, work: Work, place: AgentPlace): Promise<Conversed> {
  const { collaboration } = run.config;
  if (collaboration === undefined) return draft;
  const { mode, rounds } = collaboration;
  const names = collaboration.with ?? Object.keys(run.agents);
  let answer = draft;
  let others: readonly Said[] = [];
  for (let round = 1; round <= (mode === "panel" ? 1 : rounds); round++) {
    others = await askAll(run, names, round, (name) => questionOf(mode, work.task, answer, others, name), place);
    answer = await answeredAnew(run, answer, mode, others, work);
  }
  return answer;
}

type Said = { readonly name: string; readonly text: string };
type Mode = NonNullable<AgentRun["config"]["collaboration"]>["mode"];

/** One after the other, so that their calls come in the same order on every attempt. */
async function askAll(
  run: AgentRun,
  names: readonly string[],
  round: number,
  question: (name: string) => string,
  place: AgentPlace,
): Promise<readonly Said[]> {
  const said: Said[] = [];
  for (const name of names) {
    const agent = run.agents[name];
    if (agent === undefined) continue;
    const text = await askAgent(agent, question(name), `${run.prefix}round:${round}/${name}`, place, run.budget);
    said.push({ name, text });
  }
  return said;
}

function questionOf(mode: Mode, task: string, answer: Conversed, others: readonly Said[], name: string): string {
  const asked = `The task was:\n\n${fenced("task", { text: task })}`;
  const draft = fenced("answer", { text: answer.text });
  if (mode === "review")
    return `${asked}\n\nThis answer was given:\n\n${draft}\n\nSay what is wrong, missing or unclear in it, most important first. Do not write it anew.`;
  if (mode === "panel") return `${asked}\n\nDo it yourself.`;
  const rest = others.filter((one) => one.name !== name).map((one) => fenced(`agent/${one.name}`, one));
  return `${asked}\n\nOthers answered:\n\n${[draft, ...rest].join("\n\n")}\n\nGive your own answer; say where you differ, and why.`;
}

/** With the schema the answer is JSON again. Tools are there as before. */
function answeredAnew(
  run: AgentRun,
  answer: Conversed,
  mode: Mode,
  others: readonly Said[],
  { schema }: Work,
): Promise<Conversed> {
  if (others.length === 0) return Promise.resolve(answer);
  const said = others.map((one) => fenced(`agent/${one.name}`, one)).join("\n\n");
  const words = mode === "review" ? "Reviewers say of your answer" : "Others answered the same task";
  const next: Message = {
    role: "user",
    text: `${words}:\n\n${said}\n\nGive your final answer to the task, complete, using what is right in this. Do not mention this exchange.`,
  };
  return converse(run, [...answer.messages, next], schema);
}
