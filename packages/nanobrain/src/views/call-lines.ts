import { type Amounts, durationText, type Plan } from "@nanobrain/engine";
import type { AgentCall } from "@nanobrain/engine/observe";
import type { Look } from "../terminal/terminal.js";
import { fitEnd, oneLine, textWidth, wrap } from "../terminal/text-width.js";

/** Calls of one step, in order, one a line unless they are to be whole: name, what was called, time, tokens and cost, and what became of it. */
export function callLines(calls: readonly AgentCall[], most: number, look: Look, isWhole: boolean): string[] {
  const shown = calls.slice(0, most);
  const names = shown.map(({ name }) => shortName(name));
  const width = Math.min(28, Math.max(0, ...names.map((name) => textWidth(name))));
  const attempts = new Set(calls.map(({ attempt }) => attempt)).size > 1;
  const lines = shown.flatMap((call, index) => {
    const name = fitEnd(names[index] ?? "", width, look.marks.ellipsis).padEnd(width);
    const text = callText(call, attempts);
    const room = look.width - width - 2;
    const parts = isWhole ? wrap(text, room) : [fitEnd(text, room, look.marks.ellipsis)];
    return parts.map((part, at) => `${at === 0 ? name : " ".repeat(width)}  ${part}`);
  });
  const left = calls.length - shown.length;
  return left === 0 ? lines : [...lines, `and ${left} more calls: --all shows them`];
}

/** The last parts of a long name: those of an agent that another agent asked are indented. */
function shortName(name: string): string {
  const parts = name.split("/");
  return `${"  ".repeat(parts.length - 1)}${parts.at(-1) ?? name}`;
}

function callText(call: AgentCall, withAttempt: boolean): string {
  const { kind, of, ms, spent, attempt, againIn } = call;
  const outcome = outcomeText({ ...call, againIn: [] });
  const what = oneLine(of);
  const again = againIn.length === 0 ? "" : `, again in ${againIn.join(", ")}`;
  const facts = [
    ...(kind === "person" ? [outcome] : [what]),
    ...(ms === null ? [] : [durationText(ms)]),
    ...usedTexts(spent),
    ...(withAttempt ? [`attempt ${attempt}${again}`] : []),
    ...(kind === "person" ? [what] : []),
    ...(kind === "person" || outcome === "" ? [] : [outcome]),
  ];
  return facts.join(", ");
}

/** What became of a call besides its answer; empty: nothing. `again in` an attempt: it got the result from the record. */
export function outcomeText({ outcome, text, againIn }: AgentCall): string {
  const told = text === "" ? outcome : `${outcome}: ${oneLine(text)}`;
  const what = { done: [], failed: [told], refused: [told], waits: ["waits for a person"], answered: [oneLine(text)] };
  const again = againIn.length === 0 ? [] : [`from the record again in attempt ${againIn.join(", ")}`];
  return [...what[outcome], ...again].join(", ");
}

function usedTexts({ tokens, usd }: Amounts): string[] {
  return [
    ...(tokens === undefined || tokens === 0 ? [] : [counted(tokens, "token")]),
    ...(usd === undefined || usd === 0 ? [] : [moneyText(usd)]),
  ];
}

/** What a run used up, with its budget: `3 of 10 model calls, 414 tokens`. Undefined: nothing. */
export function spentText(spent: Amounts, plan: Plan): string | undefined {
  const budget = plan.workflows[0]?.budget ?? {};
  const text = (key: keyof Amounts, write: (amount: number) => string, what: string): string[] => {
    const [used, most] = [spent[key] ?? 0, budget[key]];
    if (used === 0 && most === undefined) return [];
    const bound = most === undefined ? "" : ` of ${write(most)}`;
    return [`${write(used)}${bound}${what === "" ? "" : ` ${what}${(most ?? used) === 1 ? "" : "s"}`}`];
  };
  const parts = [
    ...text("model_calls", String, "model call"),
    ...text("tool_calls", String, "tool call"),
    ...text("tokens", String, "token"),
    ...text("usd", moneyText, ""),
    ...text("ms", durationText, ""),
  ];
  return parts.length === 0 ? undefined : parts.join(", ");
}

const moneyText = (usd: number): string => `$${usd.toFixed(usd < 1 ? 4 : 2)}`;

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;
