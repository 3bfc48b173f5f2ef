import { durationText } from "@nanobrain/engine";
import { failureFacts, type StepLine } from "@nanobrain/engine/observe";
import { sizeText } from "../views/size-text.js";
import { esc, isoTime, statusMark } from "./html.js";
import type { RunFacts } from "./run-facts.js";

/** What became of the run, at a glance. */
export function summarySection(facts: RunFacts, lines: readonly StepLine[]): string {
  const { summary, events, driven } = facts;
  const isOpen = ["running", "pending", "waiting"].includes(summary.status);
  const started = events[0]?.at;
  const last = events.at(-1)?.at ?? facts.madeAt;
  const state = isOpen && !driven ? `${summary.status}, but no process drives it` : summary.status;
  const when = started === undefined ? "" : `, ${isoTime(started)} to ${isOpen ? "now" : isoTime(last)}`;
  return `<header>
<h1>${esc(summary.workflow)}</h1> ${statusMark(summary.status)}
<p class="sub">Run <code>${esc(summary.name)}</code> (${esc(summary.run_id)})${esc(when)}${state === summary.status ? "" : `: ${esc(state)}`}</p>
<dl class="tiles">
${tiles(facts, lines)
  .map(
    ([name, value, small]) =>
      `<div><dt>${esc(name)}</dt><dd>${esc(value)}${small === "" ? "" : ` <small>${esc(small)}</small>`}</dd></div>`,
  )
  .join("\n")}
</dl>
</header>`;
}

type Tile = readonly [name: string, value: string, small: string];

function tiles({ plan, events, summary, models }: RunFacts, lines: readonly StepLine[]): readonly Tile[] {
  const own = lines.filter((one) => !one.step.includes("/"));
  const settled = own.filter((one) => ["succeeded", "skipped", "failed"].includes(one.status)).length;
  const skipped = own.filter((one) => one.status === "skipped").length;
  const cached = lines.reduce((sum, one) => sum + one.cached, 0);
  const attempts = lines.reduce((sum, one) => sum + one.attempts, 0);
  const cpu = total(lines.map((one) => one.cpuMs));
  const memory = lines.reduce<number | null>(
    (most, one) => (one.peakMemoryBytes === null ? most : Math.max(most ?? 0, one.peakMemoryBytes)),
    null,
  );
  const calls = models.reduce((sum, one) => sum + one.calls, 0);
  const tokens = models.reduce((sum, one) => sum + one.inputTokens + one.outputTokens, 0);
  const cost = total(models.map((one) => one.costUsd));
  return [
    ["Time", durationText(summary.duration_ms), "running"],
    ["Steps settled", `${settled} of ${own.length}`, skipped === 0 ? "" : `${skipped} skipped`],
    ["Attempts", String(attempts), cached === 0 ? "" : `${cached} from the cache`],
    ["Failures", String(failureFacts(plan, events).length), ""],
    ["Warnings", String(summary.warnings.length), ""],
    ...(cpu === null ? [] : [["CPU time", durationText(cpu), "of attempts"] as const]),
    ...(memory === null ? [] : [["Peak memory", sizeText(memory), "of one attempt"] as const]),
    ...(calls === 0 ? [] : [["Model calls", String(calls), `${tokens} tokens`] as const]),
    ...(cost === null
      ? []
      : [["Cost of models", cost === 0 ? "$0" : `$${cost.toFixed(cost < 1 ? 4 : 2)}`, "as reported"] as const]),
  ];
}

function total(values: readonly (number | null)[]): number | null {
  const known = values.filter((one) => one !== null);
  return known.length === 0 ? null : known.reduce((sum, one) => sum + one, 0);
}
