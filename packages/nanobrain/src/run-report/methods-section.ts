import { durationText } from "@nanobrain/engine";
import { lifecycle, type StepLine } from "@nanobrain/engine/observe";
import { collapsed, esc, isoTime, section, table } from "./html.js";
import type { ModelUse, RunFacts } from "./run-facts.js";

/** How the run was made and how to make it again. */
export function methodsSection(facts: RunFacts, lines: readonly StepLine[]): string {
  return [
    section("methods", "Methods", `<p>${esc(paragraph(facts, lines))}</p>\n${models(facts.models)}`),
    section("again", "How to run it again", again(facts)),
    collapsed("States the run went through", states(facts)),
  ].join("\n");
}

function paragraph({ plan, summary, events, versions, models }: RunFacts, lines: readonly StepLine[]): string {
  const classes = new Map<string, number>();
  for (const node of plan.workflows.flatMap((one) => one.nodes)) {
    const name = node.step?.component?.class.split(".").at(-1);
    if (name !== undefined) classes.set(name, (classes.get(name) ?? 0) + 1);
  }
  const used = [...classes].map(([name, count]) => (count === 1 ? name : `${count} × ${name}`)).join(", ");
  const started = events[0] === undefined ? "" : ` on ${isoTime(events[0].at).slice(0, 10)}`;
  const attempts = lines.reduce((sum, one) => sum + one.attempts, 0);
  const reused = lines.reduce((sum, one) => sum + one.cached, 0);
  const told =
    models.length === 0
      ? ""
      : ` Language models: ${models.map((one) => `${one.model} (${one.calls} ${one.calls === 1 ? "call" : "calls"})`).join(", ")}.`;
  const strategy = (plan.workflows[0]?.strategy ?? "graph").replace(/_/g, " ");
  return `The workflow ${summary.workflow} was run${started} by NanoBrain ${versions["nanobrain"] ?? ""} under the ${strategy} strategy: ${lines.length} steps (${used === "" ? "nested workflows" : used}), ${attempts} attempts${reused === 0 ? "" : `, ${reused} results from the cache`}, ${durationText(summary.duration_ms)} of running.${told} Each event, value and effect is in its journal, under the plan's hash ${summary.plan_hash}.`;
}

function models(used: readonly ModelUse[]): string {
  if (used.length === 0) return "";
  const rows = used.map((one) => [
    `<code>${esc(one.model)}</code>`,
    String(one.calls),
    String(one.inputTokens),
    String(one.outputTokens),
    one.costUsd === null ? "not known" : `$${one.costUsd.toFixed(4)}`,
  ]);
  return table(["model", "calls", "tokens read", "tokens written", "cost"], rows, [1, 2, 3, 4]);
}

function again({ plan, summary, inputs, versions }: RunFacts): string {
  const place = plan.workflows[0]?.nodes[0]?.place.file ?? "FILE";
  const given = inputs.map(({ name }) => ` -i ${name}=...`).join("");
  const commands = [
    `nanobrain run ${place}${given}`,
    `nanobrain rerun ${summary.name} --from STEP     # keeps the results before STEP`,
    ...(["failed", "running", "waiting"].includes(summary.status) ? [`nanobrain resume ${summary.name}`] : []),
    `nanobrain show ${summary.name}`,
  ];
  const facts: readonly (readonly [string, string])[] = [
    ["Document", place],
    ["Plan's hash", summary.plan_hash],
    ["Run", `${summary.name} (${summary.run_id})`],
    ...Object.entries(versions).map(([name, version]) => [`Version of ${name}`, version] as const),
  ];
  const list = facts.map(([name, value]) => `<dt>${esc(name)}</dt><dd><code>${esc(value)}</code></dd>`).join("\n");
  return `<pre tabindex="0">${esc(commands.join("\n"))}</pre>\n<dl class="facts">\n${list}\n</dl>`;
}

const mostStates = 200;

function states({ events }: RunFacts): string {
  const { transitions } = lifecycle(events);
  const rows = transitions.slice(0, mostStates).map(({ from, to, at }) => [esc(isoTime(at)), esc(from ?? ""), esc(to)]);
  const left = transitions.length > mostStates ? `<p class="sub">${transitions.length - mostStates} more.</p>` : "";
  return `${table(["at", "from", "to"], rows)}${left}`;
}
