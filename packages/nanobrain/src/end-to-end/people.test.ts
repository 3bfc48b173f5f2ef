import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Workplace } from "./workplace.js";

const gate = (after: string): string =>
  `  gate:
    class: CommandStep
    depends_on: [${after}]
    config: { command: [node, -e, "const fs = require('fs'); const look = () => fs.existsSync('PLACE/open') ? console.log('through') : setTimeout(look, 20); look()"] }
`;

const approval = `name: approval
output_data_units: { out: { class: DataUnitMemory }, who: { class: DataUnitMemory } }
steps:
  quick: { class: TransformStep, config: { expression: "1" } }
${gate("quick")}  approve: { class: ApprovalStep, depends_on: [quick], config: { question: "Publish?", choices: [yes, no] } }
links:
  done: { class: DirectLink, config: { source: approve.decision, target: out } }
  by: { class: DirectLink, config: { source: approve.by, target: who } }
`;

const item = `name: item
input_data_units: { in: { class: DataUnitMemory } }
output_data_units: { out: { class: DataUnitMemory } }
steps:
  approve: { class: ApprovalStep, config: { question: "Publish {{ in }}?", schema: { type: integer } }, inputs: { in: { from: in } } }
links:
  done: { class: DirectLink, config: { source: approve.decision, target: out } }
`;

const many = `name: many
output_data_units: { out: { class: DataUnitMemory } }
steps:
  outer: { class: Workflow, config: item.yml, for_each: { over: items, as: in, concurrency: 4 }, inputs: { items: { default: [a, b] } } }
links:
  done: { class: DirectLink, config: { source: outer.out, target: out } }
`;

const reacting = `name: reacting
execution_strategy: event_driven
completion: manual
output_data_units: { out: { class: DataUnitMemory } }
steps:
  quick: { class: TransformStep, config: { expression: "1" } }
${gate("quick")}  report: { class: TransformStep, config: { expression: '"got " & n' }, inputs: { n: {} } }
triggers:
  now: { class: ManualTrigger, config: { payload_schema: { type: integer }, step_targets: [report.n] } }
links:
  done: { class: DirectLink, config: { source: report.output, target: out } }
`;

let place: Workplace;
beforeEach(() => {
  place = new Workplace({ "item.yml": item, "many.yml": many });
  for (const [file, text] of Object.entries({ "approval.yml": approval, "reacting.yml": reacting }))
    place.write(file, text.replaceAll("PLACE", place.folder));
});
afterEach(() => place.close());

describe("answer", () => {
  it("of a run that another process drives: the step goes on there, and knows who answered", async () => {
    const running = place.start(["run", "approval.yml", "--run-id", "one", "--json"]);
    const waits = async (): Promise<string> => (await place.run("events", "one", "--jsonl")).out;
    await expect.poll(waits, { timeout: 60_000, interval: 300 }).toContain("attempt.suspended");
    const wrong = await place.run("answer", "one", "approve", "-d", "maybe");
    expect(wrong.code).toBe(2);
    expect(wrong.err.replaceAll(/\s+/g, " ")).toContain('"maybe" is none of the choices: "yes", "no"');
    const other = await place.run("answer", "one", "aprove", "-d", "yes");
    expect(other).toMatchObject({ code: 2 });
    expect(other.err).toContain('did you mean "approve"?');
    const answered = await place.run("answer", "one", "approve", "-d", "yes");
    expect({ code: answered.code, err: answered.err }).toEqual({ code: 0, err: "" });
    expect(answered.out).toMatch(/^[a-z]+-[a-z]+: approve answered: "yes"\n$/);
    const again = await place.run("answer", "one", "approve", "-d", "no");
    expect(again.err).toContain("nothing in this run waits for an answer");
    place.write("open", "");
    const ended = await running.ended;
    expect(ended.code).toBe(0);
    const { outputs } = JSON.parse(ended.out) as { readonly outputs: { readonly out: string; readonly who: string } };
    expect(outputs.out).toBe("yes");
    expect(outputs.who).not.toBe("");
  });

  it("of items of a map that nobody drives: by their paths, checked by the schema; resume goes on with them", async () => {
    expect(await place.run("run", "many.yml", "--run-id", "two")).toMatchObject({ code: 3 });
    const vague = await place.run("answer", "two", "outer/approve", "-d", "1");
    expect(vague.err.replaceAll(/\s+/g, " ")).toContain(
      "several steps of that name wait (waiting for one: outer[0]/approve, outer[1]/approve)",
    );
    expect(await place.run("answer", "two", "outer[1]/approve", "-d", "two")).toMatchObject({ code: 2 });
    expect(await place.run("answer", "two", "outer[1]/approve", "-d", "2")).toMatchObject({ code: 0 });
    const first = await place.run("answer", "two", "outer[0]/approve", "-d", "1");
    expect(first.err).toContain("no process drives it. Go on with: nanobrain resume");
    expect(await place.run("resume", "two")).toMatchObject({ code: 0, out: "out: [1,2]\n" });
  });
});

describe("trigger and finish", () => {
  it("of a run that another process drives, and of one that nobody drives", async () => {
    const running = place.start(["run", "reacting.yml", "--run-id", "three"]);
    await running.said("quick  done");
    const wrong = await place.run("trigger", "three", "now", "-d", '"five"');
    expect(wrong).toMatchObject({ code: 2 });
    expect(wrong.err).toContain("E_TRIGGER");
    expect((await place.run("trigger", "three", "now", "-d", "5")).out).toMatch(/: trigger now fired\n$/);
    place.write("open", "");
    expect(await running.ended).toMatchObject({ code: 3 });
    expect(await place.run("trigger", "three", "now", "-d", "6")).toMatchObject({ code: 0 });
    const finished = await place.run("finish", "three");
    expect(finished.out).toMatch(/: its triggers close; it completes once what was begun has ended\n$/);
    expect(await place.run("resume", "three")).toMatchObject({ code: 0, out: "out: got 6\n" });
    const { out } = await place.run("events", "three", "--jsonl");
    expect(out.split("\n").filter((line) => line.includes('"trigger.fired"'))).toHaveLength(2);
    expect(await place.run("finish", "three")).toMatchObject({ code: 2 });
  });
});
