import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunEvent } from "../kernel/event.js";
import type { Plan } from "../plan/plan.js";
import { createRuntime } from "../runtime/create-runtime.js";
import { failureFacts } from "./failure-facts.js";
import { allowedTransitions, lifecycle } from "./lifecycle.js";
import { createProgressFold } from "./progress-fold.js";
import { summarize } from "./summarize.js";
import { timeline } from "./timeline.js";
import { why } from "./why.js";

const inner = `name: inner
input_data_units: { n: { class: DataUnitMemory } }
output_data_units: { half: { class: DataUnitMemory } }
steps:
  check: { class: FunctionStep, config: { function: odd }, inputs: { n: { from: n } } }
  halve: { class: TransformStep, config: { expression: "m / 2" }, inputs: { m: { from: check.output } } }
links: { out: { class: DirectLink, config: { source: halve.output, target: half } } }
`;

const outer = `name: outer
execution_strategy: STRATEGY
error_handling: HANDLING
error_handling_config: { max_retries: 1, retry_delay: 0.001 }
input_data_units: { numbers: { class: DataUnitMemory, default: [2, 4, 5] } }
output_data_units: { total: { class: DataUnitMemory }, never: { class: DataUnitMemory } }
steps:
  each: { class: Workflow, config: inner.yml, for_each: { over: numbers, as: n, max_failures: TOLERATED }, inputs: { numbers: { from: numbers } } }
  sum: { class: TransformStep, config: { expression: "$sum(halves[$ != null])" }, inputs: { halves: { from: each.half } } }
  flaky: { class: FunctionStep, config: { function: flaky }, inputs: { x: 1 } }
  gated: { class: TransformStep, config: { expression: "$" } }
  after: { class: TransformStep, config: { expression: "y" }, inputs: { y: { from: gated.output } } }
links:
  gate: { class: ConditionalLink, config: { source: sum.output, target: gated.input, condition: "value > 100" } }
  done: { class: DirectLink, config: { source: sum.output, target: total } }
  gone: { class: DirectLink, config: { source: after.output, target: never } }
`;

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "nb-real-"));
  writeFileSync(join(folder, "inner.yml"), inner);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Ran = { readonly plan: Plan; readonly events: readonly RunEvent[]; readonly status: string };

async function run(strategy: string, handling: string, tolerated: number): Promise<Ran> {
  const file = join(folder, `${strategy}-${handling}-${tolerated}.yml`);
  const settings: { readonly [word: string]: string } = {
    STRATEGY: strategy,
    HANDLING: handling,
    TOLERATED: String(tolerated),
  };
  writeFileSync(
    file,
    outer.replace(/STRATEGY|HANDLING|TOLERATED/g, (word) => settings[word] ?? word),
  );
  let tries = 0;
  const functions = {
    odd: (n: unknown) => {
      if (Number(n) % 2 === 1) throw new TypeError(`${Number(n)} is odd`);
      return Number(n);
    },
    flaky: () => {
      if (tries++ === 0 && handling === "retry") throw new RangeError("first time");
      return true;
    },
  };
  const runtime = await createRuntime({ functions, modules: false });
  try {
    const loaded = await runtime.load(file);
    expect(loaded.diagnostics.filter((one) => one.severity === "error")).toEqual([]);
    const handle = await runtime.start(loaded, {});
    const { status } = await handle.result();
    const { plan, events } = await runtime.look(handle.id);
    return { plan, events, status };
  } finally {
    await runtime.close();
  }
}

const cases = ["sequential", "parallel", "graph"].flatMap((strategy) =>
  ["stop", "continue", "retry"].flatMap((handling) =>
    [0, 1].map((tolerated) => [strategy, handling, tolerated] as const),
  ),
);

describe.each(cases)("real run, %s, %s, %i items tolerated", (strategy, handling, tolerated) => {
  let ran: Ran;
  beforeAll(async () => {
    ran = await run(strategy, handling, tolerated);
  });

  it("progress and summary: agree after every event", () => {
    const { plan, events } = ran;
    const fold = createProgressFold(plan);
    for (const [index, event] of events.entries()) {
      fold.apply(event);
      const summed = summarize(plan, events.slice(0, index + 1));
      const shown = fold.progress();
      const statuses = Object.entries(summed.steps).map(([name, step]) => [
        name,
        step.status === "retrying" ? "running" : step.status,
      ]);
      const drawn = shown.steps.map((step) => [step.name, step.status === "retrying" ? "running" : step.status]);
      expect({ after: event, steps: drawn }).toEqual({ after: event, steps: statuses });
      expect(shown.status).toBe(summed.status);
      expect(shown.settled).toBe(
        Object.values(summed.steps).filter((step) => ["succeeded", "failed", "skipped"].includes(step.status)).length,
      );
    }
    expect(fold.progress().running).toBe(0);
  });

  it("failures: the odd item is told once, as what it was", () => {
    const facts = failureFacts(ran.plan, ran.events);
    const odd = facts.filter((fact) => fact.failure.message.includes("5 is odd"));
    expect(odd).toHaveLength(1);
    expect(odd[0]?.step).toBe("each[2]/check");
    expect(ran.status).toBe(tolerated === 0 && handling !== "continue" ? "failed" : "completed");
  });

  it("life cycle and timeline: only allowed changes, nothing ends before it began", () => {
    const { transitions, state } = lifecycle(ran.events);
    for (const one of transitions) if (one.from !== null) expect(allowedTransitions[one.from]).toContain(one.to);
    expect(state).toBe("closed");
    for (const row of timeline(ran.plan, ran.events)) expect(row.endedAt ?? 0).toBeGreaterThanOrEqual(row.startedAt);
  });

  it("why: answers for every step and unit, skipped ones with a cause", () => {
    for (const node of ran.plan.workflows[0]?.nodes ?? []) {
      const report = why(ran.plan, ran.events, node.name);
      if ("unknown" in report) expect.fail(report.unknown);
      expect(report.verdict.reason).not.toBe("");
      if (report.verdict.did === "skipped" || report.verdict.did === "absent")
        expect(report.absent?.causes.length).toBeGreaterThan(0);
    }
  });
});
