import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Json } from "../contracts/json.js";
import type { RunEvent } from "../kernel/event.js";
import type { Plan } from "../plan/plan.js";
import { createRuntime } from "../runtime/create-runtime.js";
import type { RunHandle, RunResult, Runtime } from "../runtime/runtime.js";
import { findValue } from "./find-value.js";
import { lifecycle } from "./lifecycle.js";
import { createNarrator } from "./narrate.js";
import { openAsks } from "./open-asks.js";
import { createProgressFold } from "./progress-fold.js";
import { timeline } from "./timeline.js";
import { triggerReports } from "./trigger-report.js";
import { type WhyReport, why } from "./why.js";

let folder = "";
let runtime: Runtime;
let fails = 0;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "nb-reactive-"));
  fails = 0;
  runtime = await createRuntime({ functions });
});
afterEach(async () => {
  await runtime.close({ drainMs: 0 });
  rmSync(folder, { recursive: true, force: true });
});

const functions = {
  critic: (draft: Json) => ({ score: String(draft).length / 10, draft: `${String(draft)}+more` }),
  sometimes: (x: Json) => {
    if (fails-- > 0) throw new RangeError("not yet");
    return x;
  },
  odd: (n: Json) => {
    if (Number(n) % 2 === 1) throw new RangeError(`${Number(n)} is odd`);
    return n;
  },
};

type Ran = { readonly plan: Plan; readonly events: readonly RunEvent[]; readonly result: RunResult };

async function run(text: string, steer: (run: RunHandle) => Promise<unknown> = async () => undefined): Promise<Ran> {
  const file = join(folder, "workflow.yml");
  writeFileSync(file, text);
  const loaded = await runtime.load(file);
  expect(loaded.diagnostics.filter((one) => one.severity === "error")).toEqual([]);
  const handle = await runtime.start(loaded, {});
  await steer(handle);
  const result = await handle.result();
  const { plan, events } = await runtime.look(handle.id);
  return { plan, events, result };
}

function ask(ran: Ran, step: string): WhyReport {
  const report = why(ran.plan, ran.events, step);
  if ("unknown" in report) throw new Error(`no step ${step}`);
  return report;
}

function told({ plan, events }: Ran, step: string): readonly string[] {
  return events
    .map(createNarrator(plan))
    .filter((one) => one.step === step)
    .map((one) => one.text);
}

const loop = `name: loop
steps:
  improve:
    class: FunctionStep
    config: { function: critic }
    inputs: { draft: { default: abcd } }
    outputs: { draft: {}, score: {} }
    repeat: { until: "score > 0.8", max: 5, carry: { draft: draft } }
  approve:
    class: ApprovalStep
    config: { question: "Publish {{ title }}?", choices: [yes, no] }
    inputs: { title: { from: improve.draft } }
`;

describe("loops and people", () => {
  it("a waiting run: what is asked, of whom, and the rounds before it", async () => {
    const ran = await run(loop);
    expect(ran.result.status).toBe("waiting");
    const asks = openAsks(ran.plan, ran.events);
    expect(asks).toMatchObject([{ step: "approve", question: "Publish abcd+more+more?", choices: ["yes", "no"] }]);
    expect(ask(ran, "approve").verdict).toMatchObject({
      did: "suspended",
      reason: expect.stringMatching(/Publish.*yes \| no/),
    });
    const improve = ask(ran, "improve");
    expect(improve.verdict).toEqual({
      did: "ran",
      reason: expect.stringMatching(/round 2 was the last: score > 0.8 .* true \(0.9\)/),
    });
    expect(improve.attempts.map((one) => [one.round, one.judged?.stop])).toEqual([
      [1, false],
      [2, true],
    ]);
    const fold = createProgressFold(ran.plan);
    for (const event of ran.events) fold.apply(event);
    expect(fold.progress()).toMatchObject({ status: "waiting", running: 0, settled: 1 });
    expect(fold.progress().steps[1]).toMatchObject({ status: "waiting", note: "Publish abcd+more+more? (yes | no)" });
  });

  it("an answer: who gave it, and nothing is asked any more", async () => {
    const ran = await run(loop, async (handle) => {
      await expect.poll(() => handle.asks(), { timeout: 60_000 }).toHaveLength(1);
      await handle.answer("approve", "yes", "mia");
    });
    expect(ran.result.status).toBe("completed");
    expect(openAsks(ran.plan, ran.events)).toEqual([]);
    expect(ask(ran, "approve").attempts).toMatchObject([
      { outcome: "succeeded", waited: { by: "answer", who: "mia" } },
    ]);
    expect(told(ran, "approve")).toContain("answered by mia: yes");
    expect(timeline(ran.plan, ran.events).map((row) => row.status)).toEqual(["succeeded", "succeeded", "succeeded"]);
  });
});

const rolling = (partial: boolean, handling: string): string => `name: rolling
error_handling: ${handling}
error_handling_config: { max_retries: 1, retry_delay: 0.001, rollback_on_failure: true, preserve_partial_results: ${partial} }
steps:
  make: { class: TransformStep, config: { expression: "7" }, on_rollback: { class: CommandStep, config: { command: [test, -d, made] } } }
  use: { class: FunctionStep, config: { function: sometimes }, inputs: { x: { from: make.output } } }
`;

describe("rollback", () => {
  it("steps undone: told with the reason, what could not be undone is a warning, and both run again", async () => {
    fails = 1;
    const ran = await run(rolling(true, "rollback"));
    expect(ran.result).toMatchObject({
      status: "completed",
      failures: [],
      steps: { make: { status: "succeeded", attempts: 2 }, use: { status: "succeeded", attempts: 2 } },
      warnings: [{ code: "W_UNDO", message: expect.stringMatching(/^What make did could not be undone: /) }],
    });
    expect(ask(ran, "make").rollbacks).toMatchObject([
      {
        step: "use",
        reason: "RangeError: not yet",
        attempts: 1,
        undo: { failed: expect.stringContaining("ended with exit code 1") },
      },
    ]);
    expect(ask(ran, "use").rollbacks).toMatchObject([{ step: "use", attempts: 1, undo: null }]);
    const states = lifecycle(ran.events).transitions.map((one) => one.to);
    expect(states.slice(5)).toEqual(["executing", "error", "recovery", "executing", "completed", "cleanup", "closed"]);
    const rows = timeline(ran.plan, ran.events).map((row) => `${row.step} ${row.status}`);
    expect(rows.sort()).toEqual(["make succeeded", "make undone", "use succeeded", "use undone"]);
  });

  it("at the moment of it: undone steps are as if they had not run", async () => {
    fails = 1;
    const ran = await run(rolling(true, "rollback"));
    const at = ran.events.findIndex((event) => event.type === "run.rolledback");
    const fold = createProgressFold(ran.plan);
    for (const event of ran.events.slice(0, at + 1)) fold.apply(event);
    expect(fold.progress()).toMatchObject({ settled: 0, running: 0 });
    expect(fold.progress().steps.map((step) => step.status)).toEqual(["ready", "waiting"]);
  });

  it.each([
    [true, { handle: { json: 7 } }],
    [false, { problem: "make.output has no value: a rollback took it back" }],
  ])(
    "rollback_on_failure, preserve_partial_results %s: the failure stands, and what was made is readable or not",
    async (partial, found) => {
      fails = 9;
      const ran = await run(rolling(partial, "retry"));
      expect(ran.result.status).toBe("failed");
      expect(ran.result.failures).toMatchObject([
        { step: "use", handling: "rollback", failure: { message: "RangeError: not yet" } },
      ]);
      expect(findValue(ran.plan, ran.events, "make.output")).toMatchObject(found);
    },
  );
});

const reacting = `name: reacting
execution_strategy: event_driven
completion: manual
steps:
  load: { class: TransformStep, config: { expression: "rows" } }
  work: { class: FunctionStep, config: { function: odd }, error_handling: continue }
  report: { class: TransformStep, config: { expression: "n" } }
  never: { class: TransformStep, config: { expression: "n" } }
links:
  rows: { class: QueueLink, config: { source: load.output, target: work.n, each: true, max_deliveries: 1 } }
triggers:
  begin: { class: ManualTrigger, config: { step_targets: [load.rows] } }
  newest: { class: DataUpdatedTrigger, config: { watch_data_units: [work.output], step_targets: [report.n] } }
  silent: { class: ManualTrigger, config: { step_targets: [never.n] } }
`;

describe("triggers and queues", () => {
  const begin = async (handle: RunHandle): Promise<void> => {
    await handle.trigger("begin", [2, 3, 4]);
    const settled = async (): Promise<number> => {
      const { events } = await runtime.look(handle.id);
      return events.filter((event) => event.type === "item.dead" || event.type === "attempt.succeeded").length;
    };
    // Loaded once; two rows worked on and one dead; each result reported.
    await expect.poll(settled, { timeout: 60_000 }).toBe(6);
    await handle.finish();
  };

  it("what fired a step, what came through its queue, and its dead letters", async () => {
    const ran = await run(reacting, begin);
    expect(ran.result.status).toBe("completed");
    expect(ran.result.queues).toEqual({
      rows: { entered: 3, waiting: 0, in_flight: 0, dead: 1, capacity: expect.any(Number) },
    });
    expect(ran.result.triggers).toMatchObject({
      begin: { fired: 1 },
      newest: { fired: 2 },
      silent: { fired: 0, last_fired_at: null },
    });
    expect(ask(ran, "load").firing).toMatchObject({ trigger: "begin", kind: "manual" });
    expect(ask(ran, "work")).toMatchObject({
      activationCount: 3,
      queues: [{ queue: "rows", entered: 3, waiting: 0, dead: 1 }],
    });
    expect(ask(ran, "report").activations.map((one) => one.firing?.trigger)).toEqual(["newest", "newest"]);
    expect(ran.result.failures).toMatchObject([
      { step: "work", handling: "continue", failure: { message: "RangeError: 3 is odd" } },
    ]);
    expect(ask(ran, "never").verdict).toMatchObject({ did: "skipped" });
    expect(told(ran, "begin").join()).toMatch(/^fired by /);
  });

  it("a trigger's states: listening, looking, starting, at work, and back; a step that no trigger fired says which it waits for", async () => {
    const ran = await run(reacting, begin);
    const reports = triggerReports(ran.plan, ran.events);
    expect(reports.map((one) => `${one.name} ${one.state} ${one.fired}`)).toEqual([
      "begin closed 1",
      "newest closed 2",
      "silent closed 0",
    ]);
    expect(reports[0]?.transitions.map((one) => one.to)).toEqual([
      "evaluating",
      "activating",
      "executing",
      "monitoring",
      "closed",
    ]);
    const early = ran.events.filter((event) => event.seq <= 2);
    const report = why(ran.plan, early, "never");
    expect(report).toMatchObject({ verdict: { did: "waiting", reason: "it waits for trigger silent" } });
  });
});
