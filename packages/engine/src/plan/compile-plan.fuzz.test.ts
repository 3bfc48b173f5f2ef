import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileText } from "../testing/compile-text.js";
import { labSteps } from "../testing/lab-steps.js";

const lines = [
  "name: fuzz",
  "execution_strategy: event_driven",
  "input_data_units:",
  "  topic: { class: DataUnitString, default: x }",
  "output_data_units:",
  "  result: { class: DataUnitMemory, merge: collect }",
  "data_units:",
  "  between: { class: DataUnitMemory, schema: { type: array } }",
  "steps:",
  "  search: { class: Search, inputs: { topic: { from: topic } } }",
  "  read: { class: Read, inputs: { papers: { from: between } } }",
  "  one: { class: ReadOne, for_each: { over: papers, as: paper, max_failures: 1 }, inputs: { papers: { from: search.papers } } }",
  "  strict: { class: Strict, depends_on: [read], config: { needed: x, nested: { depth: 1 } } }",
  "  loop: { class: Search, repeat: { until: count > 3, max: 3, carry: { count: topic } } }",
  "  inner: { class: Workflow, config: child.yml }",
  "  spare: { class: Search, fallback: { class: Search }, executor: thread, resources: { cpu: 1 } }",
  "  ask: { class: ApprovalStep, config: { question: Well?, choices: [yes, no] }, timeout: 1h, on_timeout: no }",
  "  wait: { class: WaitStep, config: { for: 3s }, depends_on: [ask] }",
  "  head: { class: Open, inputs: { x: { merge: each, from: [topic, tail.more] }, held: { from: topic, hold: true } } }",
  "  tail: { class: Open, inputs: { x: { from: head.y } }, error_handling: rollback, on_rollback: { class: Search } }",
  "  rest: { class: Open }",
  "links:",
  "  a: { class: DirectLink, config: { source: search.papers, target: between } }",
  "  b: { class: ConditionalLink, config: { source: search.paper, target: loop.topic, condition: 'year > 2000' } }",
  "  c: { class: TransformLink, config: { source: read.notes, target: result, mapping: { a: b.c } } }",
  "  q: { class: QueueLink, config: { source: search.paper, targets: [spare.topic], each: true } }",
  "  w: { class: QueueLink, config: { source: head.z, targets: [rest.a, rest.b], balance: weighted, weights: { rest.b: 2 } } }",
  "  d: { class: DirectLink, config: { source: q.dead_letters, target: result } }",
  "triggers:",
  "  t: { class: DataUpdatedTrigger, config: { watch_data_units: [between, elsewhere], step_targets: [loop] } }",
  "  u: { class: TimerTrigger, config: { cron: '0 * * * *', step_targets: [progress_monitoring] } }",
  "  v: { class: FolderTrigger, config: { path: inbox, pattern: '*.csv' } }",
  "  m: { class: ManualTrigger, config: { payload_schema: { type: object }, step_targets: [ask] } }",
  "  n: { class: AnyTrigger, config: { triggers: [v, m], step_targets: [tail.x] } }",
  "  o: { class: AllTrigger, config: { triggers: [n, u], window: 5m, step_targets: [rest] } }",
  "  p: { class: ConditionTrigger, config: { condition: 'topic == \"y\" or metrics.steps.loop.queued > 3', step_targets: [rest] } }",
];
const files = { "child.yml": "name: child\nsteps:\n  a: { class: Search }\n" };
const words = [
  "search",
  "read.papers",
  "topic",
  "DirectLink",
  "Strict",
  "each",
  "{}",
  "[]",
  "null",
  "3",
  "a.b.c",
  "__proto__",
  "",
  "inner.a.paper",
  "'x",
  "constructor",
  "result",
  "between.value",
];

type Edit = readonly [line: number, kind: "drop" | "twice" | "word", at: number, word: string];

function edited(edits: readonly Edit[]): string {
  const text = [...lines];
  for (const [line, kind, at, word] of edits) {
    const index = line % text.length;
    if (kind === "drop") text.splice(index, 1);
    else if (kind === "twice") text.splice(index, 0, text[index] ?? "");
    else {
      const parts = (text[index] ?? "").split(/(?<=[ :,[{])|(?=[ :,\]}])/);
      parts[at % Math.max(1, parts.length)] = word;
      text[index] = parts.join("");
    }
    if (text.length === 0) return "";
  }
  return text.join("\n");
}

const edit: fc.Arbitrary<Edit> = fc.tuple(
  fc.nat(40),
  fc.constantFrom("drop", "twice", "word"),
  fc.nat(30),
  fc.constantFrom(...words),
);

describe("documents with anything changed", () => {
  it("unchanged: it compiles, with the one warning", async () => {
    const { plan, diagnostics } = await compileText(lines.join("\n"), {
      definitions: labSteps,
      files,
    });
    expect(diagnostics.map((one) => one.code)).toEqual(["W_UNIT_UNDECLARED"]);
    expect(plan?.workflows.length).toBe(2);
  });

  it("never throws: a plan, or at least one fault with a place and a sentence", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), async (edits) => {
        const { plan, diagnostics } = await compileText(edited(edits), { definitions: labSteps, files });
        const errors = diagnostics.filter((one) => one.severity === "error");
        expect(plan === undefined).toBe(errors.length > 0);
        for (const one of diagnostics) {
          expect(one.code).toMatch(/^[EW]_[A-Z_]+$/);
          expect(one.line).toBeGreaterThan(0);
          expect(one.message.length).toBeGreaterThan(5);
        }
        if (plan !== undefined) expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
      }),
      { numRuns: 150 },
    );
  }, 120_000);
});
