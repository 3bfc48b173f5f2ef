import { type Amounts, durationText } from "@nanobrain/engine";
import { type AgentCall, agentCalls, spentIn } from "@nanobrain/engine/observe";
import { outcomeText, spentText } from "../views/call-lines.js";
import { collapsed, esc, isoTime, section, table } from "./html.js";
import type { RunFacts } from "./run-facts.js";

const heads = ["step", "call", "of", "over at", "time", "tokens", "US dollars", "outcome"];
const numbers = [4, 5, 6];
/** Lines that stand open; the others are behind a summary. */
const openLines = 40;
const mostLines = 2_000;

/** What agents did: each call of a model or tool, and each question to a person, in order. */
export function callsSection({ plan, events }: RunFacts): string {
  const calls = agentCalls(plan, events);
  if (calls.length === 0) return "";
  const rows = (some: readonly AgentCall[]): string => table(heads, some.map(row), numbers);
  const listed = calls.slice(0, mostLines);
  const left = calls.length - listed.length;
  const used = spentText(spentIn(calls), plan);
  return section(
    "calls",
    "What agents did",
    [
      ...(used === undefined ? [] : [`<p>Used up: ${esc(used)}.</p>`]),
      rows(listed.slice(0, openLines)),
      ...(listed.length > openLines
        ? [collapsed(`${listed.length - openLines} more calls`, rows(listed.slice(openLines)))]
        : []),
      ...(left > 0 ? [`<p class="sub">${left} more calls are not listed.</p>`] : []),
    ].join("\n"),
  );
}

function row(call: AgentCall): readonly string[] {
  const { step, name, of, at, ms, spent } = call;
  return [
    `<code>${esc(step)}</code>`,
    `<code>${esc(name)}</code>`,
    esc(of.slice(0, 200)),
    esc(isoTime(at)),
    ms === null ? "" : durationText(ms),
    amount(spent, "tokens"),
    amount(spent, "usd"),
    esc(outcomeText(call).slice(0, 300)),
  ];
}

function amount(spent: Amounts, key: keyof Amounts): string {
  const value = spent[key];
  return value === undefined || value === 0 ? "" : String(Number(value.toPrecision(6)));
}
