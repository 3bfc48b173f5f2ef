import type { Plan, RunAsk } from "@nanobrain/engine";
import type { Look } from "../terminal/terminal.js";
import { oneLine, wrap } from "../terminal/text-width.js";

/** What a run asks people, each with the command that answers. `run`: its name as it stands in commands. */
export function askLines(asks: readonly RunAsk[], run: string, look: Look): string[] {
  return asks.flatMap((ask) => [
    ...wrap(`${ask.step} asks: ${questionText(ask)}`, look.width),
    `  ${look.paint.bold(`nanobrain answer ${run} ${shellWord(askAddress(ask))} -d ${example(ask)}`)}`,
  ]);
}

/** What a person can do for a run that reacts: fire its manual triggers, or end it. */
export function triggerLines(plan: Plan, run: string, look: Look): string[] {
  const root = plan.workflows[0];
  if (root?.strategy !== "event_driven") return [];
  const fire = root.triggers.flatMap(({ kind, name, payloadSchema }) =>
    kind === "manual" ? [`nanobrain trigger ${run} ${name}${payloadSchema === undefined ? "" : " -d JSON"}`] : [],
  );
  const end = root.completion === "manual" || fire.length > 0 ? [`nanobrain finish ${run}`] : [];
  return [...fire, ...end].map((line) => `  ${look.paint.bold(line)}`);
}

/** What `answer` takes for this question and no other one. */
export function askAddress({ step, name }: RunAsk): string {
  return name === undefined ? step : `${step}#${name}`;
}

/** The question with its choices. */
export function questionText({ question, choices }: RunAsk): string {
  const list =
    choices === undefined
      ? ""
      : ` (${choices.map((one) => (typeof one === "string" ? one : JSON.stringify(one))).join(" | ")})`;
  return oneLine(question) + list;
}

function example({ choices }: RunAsk): string {
  const [first] = choices ?? [];
  if (first === undefined) return "JSON";
  return shellWord(typeof first === "string" && !isJson(first) ? first : JSON.stringify(first));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function shellWord(text: string): string {
  return /^[\w./@+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
