import { describe, expect, it } from "vitest";
import { compileText, standInStep } from "../../testing/compile-text.js";
import type { Plan } from "../plan.js";
import { planDot } from "./plan-dot.js";
import { planJson } from "./plan-json.js";
import { planMermaid } from "./plan-mermaid.js";
import { planSvg } from "./plan-svg.js";
import { planText } from "./plan-text.js";

const text = `name: intake
execution_strategy: event_driven
data_units:
  limit: { class: DataUnitMemory, default: 3 }
steps:
  load: { class: Open, inputs: { file: { optional: true } } }
  work: { class: Open }
  spare: { class: Open }
  again: { class: Open, inputs: { x: { merge: each, from: [work.y, check.more] } } }
  check: { class: Open, inputs: { x: { from: again.y } }, repeat: { until: "score > 0.8", max: 5 } }
  approve: { class: ApprovalStep, config: { question: Well? } }
  report: { class: Open }
links:
  rows: { class: QueueLink, config: { source: load.rows, targets: [work.row, spare.row], each: true, capacity: 10, balance: least_loaded, key: id } }
triggers:
  inbox: { class: FolderTrigger, config: { path: inbox, pattern: "*.csv", step_targets: [load.file] } }
  hourly: { class: TimerTrigger, config: { cron: "0 * * * *", timezone: UTC, step_targets: [report, progress_monitoring] } }
  poll: { class: TimerTrigger, config: { interval: 90s, count: 3 } }
  newest: { class: DataUpdatedTrigger, config: { watch_data_units: [spare.z, limit], mode: all, step_targets: [report] } }
  bad: { class: ConditionTrigger, config: { condition: "metrics.run.error_rate > 0.1", window: 5m, step_targets: [report] } }
  now: { class: ManualTrigger, config: { step_targets: [report] } }
  either: { class: AnyTrigger, config: { triggers: [poll, now], step_targets: [report] } }
`;

const definitions = [standInStep("lab.Open", "open", "open")];

async function intake(more = ""): Promise<Plan> {
  const { plan, diagnostics } = await compileText(text.replace("execution_strategy: event_driven", more || "$&"), {
    definitions,
  });
  expect(diagnostics.filter((one) => one.severity === "error")).toEqual([]);
  return plan ?? expect.fail("no plan");
}

describe("a plan that reacts", () => {
  it("text: how each step runs, then queues and triggers with what they lead to", async () => {
    const lines = planText(await intake(), new Map(), { width: 300 })
      .split("\n")
      .map((line) => line.replace(/ {2,}/g, "  ").trimEnd());
    const steps = lines.slice(1, 8).map((line) => line.replace("  nothing is known of it", "").trim());
    expect(steps).toEqual([
      "load  group 1  runs  fired by inbox",
      "approve  group 1  runs  waits for a person",
      "report  group 1  runs  fired by hourly, newest, bad, now, either",
      "work  group 2  runs  after load",
      "spare  group 2  runs  after load",
      "again  group 3  runs  in a cycle  after work, check",
      "check  group 4  runs  repeats until score > 0.8, 5 rounds at most, in a cycle  after again",
    ]);
    expect(lines.slice(8)).toEqual([
      "queues",
      "  rows  from load.rows: one by one, room for 10, least loaded, in order by id, 3 deliveries  -> work.row, spare.row",
      "triggers",
      "  inbox  a file inbox/*.csv  -> load.file",
      "  hourly  cron 0 * * * * UTC  -> report, a progress report",
      "  poll  every 90 s, 3 times",
      "  newest  a value of spare.z and limit  -> report.z, report.limit",
      "  bad  once metrics.run.error_rate > 0.1 over 5 min  -> report",
      "  now  by hand  -> report.now",
      "  either  poll or now  -> report.either",
    ]);
  });

  it("text: narrow, what they lead to stands on a line of its own", async () => {
    const lines = planText(await intake(), new Map(), { width: 60 }).split("\n");
    expect(lines).toContain("    -> work.row, spare.row");
  });

  it("JSON: queues, triggers, loops, waits and cycles by name", async () => {
    expect(planJson(await intake())).toMatchObject({
      steps: {
        load: { fired_by: ["inbox"] },
        check: { repeat: { until: "score > 0.8", max: 5 }, cycle: 1 },
        approve: { waits_for: "person" },
      },
      queues: { rows: { from: "load.rows", to: ["work.row", "spare.row"], each: true, capacity: 10, key: "id" } },
      triggers: { inbox: { kind: "folder", fires: ["load.file"] }, poll: { kind: "timer", fires: [] } },
    });
  });

  it("another strategy: its triggers start runs, and fire no step", async () => {
    const graph = await compileText(
      "name: daily\nsteps:\n  a: { class: Open }\ntriggers:\n  t: { class: TimerTrigger, config: { interval: 1d } }",
      { definitions },
    );
    const plan = graph.plan ?? expect.fail("no plan");
    expect(planText(plan).split("\n").at(-1)).toBe("  t  every 1 d  -> a run");
    expect(planJson(plan)).toMatchObject({
      steps: { a: expect.not.objectContaining({ fired_by: expect.anything() }) },
    });
  });

  it("drawings: triggers as nodes of their own, queues as thick arrows, cycles closed", async () => {
    const plan = await intake();
    const mermaid = planMermaid(plan);
    expect(mermaid).toContain('{{"inbox"}}');
    expect(mermaid).toContain('==>|"rows, one by one"|');
    expect(mermaid).toContain('["check (repeats)"]');
    expect(mermaid).toContain('["approve (asks)"]');
    expect(mermaid).not.toContain("dead_letters");
    const dot = planDot(plan);
    expect(dot).toContain('shape=hexagon, label="newest"');
    expect(dot.match(/style=bold/g)).toHaveLength(2);
    expect(dot.match(/style=dotted/g)).toHaveLength(10);
    const svg = planSvg(plan);
    expect(svg.match(/<g class="trigger">/g)).toHaveLength(7);
    expect(svg.match(/<path class="arrow queue"/g)).toHaveLength(2);
    expect(svg).not.toContain("NaN");
  });
});
