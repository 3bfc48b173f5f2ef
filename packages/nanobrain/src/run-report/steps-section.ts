import { durationText } from "@nanobrain/engine";
import { type StepLine, stepTable } from "@nanobrain/engine/observe";
import { sizeText } from "../views/size-text.js";
import { collapsed, esc, section, statusMark, table } from "./html.js";
import type { RunFacts } from "./run-facts.js";

const heads = ["step", "status", "class", "runs", "attempts", "items", "time", "CPU", "memory", "in", "out", "note"];
const numbers = [3, 4, 5, 6, 7, 8, 9, 10];
/** Lines that stand open; the others are behind a summary. */
const openLines = 60;

export function stepsSection(
  { plan, events, madeAt, driven }: RunFacts,
  lines: readonly StepLine[],
  left: number,
): string {
  const until = driven ? madeAt : (events.at(-1)?.at ?? madeAt);
  const own = lines.filter((one) => !one.step.includes("/"));
  const inner = lines.filter((one) => one.step.includes("/"));
  const rows = (some: readonly StepLine[]): string =>
    table(
      heads,
      some.map((one) => row(one, until)),
      numbers,
    );
  const parts = [
    rows(own.slice(0, openLines)),
    own.length > openLines ? collapsed(`${own.length - openLines} more steps`, rows(own.slice(openLines))) : "",
    inner.length > 0 ? collapsed(`${inner.length} steps of nested workflows`, rows(inner)) : "",
    left > 0 ? `<p class="sub">${left} more steps of nested workflows are not listed.</p>` : "",
  ];
  return section("steps", `Steps of ${plan.name}`, parts.filter((one) => one !== "").join("\n"));
}

function row(one: StepLine, until: number): readonly string[] {
  const took = one.startedAt === null ? "" : durationText(Math.max(0, (one.endedAt ?? until) - one.startedAt));
  const items =
    one.items === null ? "" : one.failedItems > 0 ? `${one.items} (${one.failedItems} failed)` : String(one.items);
  const short = one.class.split(".").at(-1) ?? one.class;
  const cached = one.cached > 0 ? `${one.cached === 1 ? "from the cache" : `${one.cached} from the cache`}` : "";
  return [
    `<code>${esc(one.step)}</code>`,
    statusMark(one.status),
    `<span title="${esc(`${one.class}${one.executor === "" ? "" : ` on ${one.executor}`}`)}">${esc(short)}</span>`,
    one.activations === 0 ? "" : String(one.activations),
    one.attempts === 0 ? "" : String(one.attempts),
    items,
    one.status === "skipped" ? "" : took,
    one.cpuMs === null ? "" : durationText(one.cpuMs),
    one.peakMemoryBytes === null ? "" : sizeText(one.peakMemoryBytes),
    one.inputBytes === 0 ? "" : sizeText(one.inputBytes),
    one.outputBytes === 0 ? "" : sizeText(one.outputBytes),
    esc([cached, one.reason.slice(0, 300)].filter((part) => part !== "").join("; ")),
  ];
}

export function stepLines(facts: RunFacts): { readonly lines: readonly StepLine[]; readonly left: number } {
  return stepTable(facts.plan, facts.events);
}
