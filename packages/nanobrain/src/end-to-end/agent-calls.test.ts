import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Workplace } from "./workplace.js";

const order = `name: order
budget: { model_calls: 10 }
steps:
  answer:
    class: AgentStep
    config:
      prompt: What does a pen cost?
      agent: { class: SimpleAgent, config: { model: scripted/answers.yml } }
      tools:
        price: { class: TransformStep, config: { expression: "2" }, input_schema: { properties: { name: { type: string } } } }
        broken: { class: CommandStep, config: { command: [node, -e, "process.exit(3)"] }, access: [] }
        order: { class: CommandStep, config: { command: [echo, ordered] }, side_effect: danger, access: [] }
`;
const answers = `- tool_calls: [{ name: price, input: { name: pen } }, { name: prize, input: {} }, { name: broken, input: {} }]
- tool_calls: [{ name: order, input: {} }]
- text: It costs 2.
`;

let place: Workplace;
beforeEach(() => {
  place = new Workplace({ "order.yml": order, "answers.yml": answers });
});
afterEach(() => place.close());

type Call = {
  readonly name: string;
  readonly kind: string;
  readonly of: string;
  readonly outcome: string;
  readonly text: string;
  readonly attempt: number;
  readonly againIn: readonly number[];
};

async function callsOf(run: string): Promise<readonly Call[]> {
  const { out } = await place.run("show", run, "--json");
  return (JSON.parse(out) as { readonly calls: readonly Call[] }).calls;
}

describe("calls of an agent", () => {
  it("show, why and report tell each in order: what it used, refused, failed, asked of a person, and given from the record", async () => {
    const waiting = await place.run("run", "order.yml", "--run-id", "o1");
    expect(waiting.code).toBe(3);
    const { out: open } = await place.run("show", "o1");
    expect(open).toMatch(/used +2 of 10 model calls, 2 tool calls/);
    expect(open).toMatch(/tool:2.1 +waits for a person/);
    await place.run("answer", "o1", "answer", "-d", "yes");
    expect((await place.run("resume", "o1")).code).toBe(0);

    const told = (await callsOf("o1")).map((one) => [one.name, one.kind, one.outcome, one.attempt, one.againIn]);
    expect(told).toEqual([
      ["model:1", "model", "done", 1, [2]],
      ["tool:1.1", "tool", "done", 1, [2]],
      ["tool:1.2", "tool", "refused", 1, [2]],
      ["tool:1.3", "tool", "failed", 1, [2]],
      ["model:2", "model", "done", 1, [2]],
      ["tool:2.1", "person", "answered", 1, []],
      ["tool:2.1", "tool", "done", 2, []],
      ["model:3", "model", "done", 2, []],
    ]);
    const why = (await place.run("why", "o1", "answer")).out.replace(/\n {20,30}/g, " ");
    expect(why).toMatch(/calls +model:1 +scripted\/answers.yml, .*tokens, attempt 1, again in 2/);
    expect(why).toMatch(/tool:1.2 +prize, .*refused: There is no tool/);
    expect(why).toMatch(/tool:1.3 +broken, .*failed: E_PROGRAM_FAILED/);
    await place.run("report", "o1", "--open", "no", "--out", "o1.html");
    const report = place.read("o1.html");
    expect(report).toContain("What agents did");
    expect(report).toContain("3 of 10 model calls, 3 tool calls");
  });

  it("answered, and nobody drives the run: show says so, and how to go on", async () => {
    await place.run("run", "order.yml", "--run-id", "o1");
    await place.run("answer", "o1", "answer", "-d", "no");
    const { out } = await place.run("show", "o1");
    expect(out).toMatch(/status +answered, but no process drives it/);
    expect(out).toMatch(/then +resume it with nanobrain resume \S+/);
  });

  it("many: bounded, with --all whole", async () => {
    const many = Array.from({ length: 30 }, (_, n) => `- tool_calls: [{ name: price, input: { name: "${n}" } }]\n`);
    place.write("answers.yml", `${many.join("")}- text: Done.\n`);
    place.write(
      "order.yml",
      order
        .replace("model_calls: 10", "model_calls: 100")
        .replace("      prompt:", "      budget: { model_calls: 99, tool_calls: 99 }\n      prompt:"),
    );
    await place.run("run", "order.yml", "--run-id", "o1");
    const lines = (text: string): number => text.split("\n").filter((line) => /(model|tool):\d/.test(line)).length;
    const [short, whole] = [await place.run("show", "o1"), await place.run("show", "o1", "--all")];
    expect([lines(short.out), lines(whole.out)]).toEqual([20, 61]);
    expect(short.out).toContain("--all");
    const [why, whyAll] = [await place.run("why", "o1", "answer"), await place.run("why", "o1", "answer", "--all")];
    expect([lines(why.out), lines(whyAll.out)]).toEqual([40, 61]);
  });
});

describe("warnings of a run", () => {
  it("without a terminal: told once", async () => {
    place.write(
      "local.yml",
      "name: local\nsteps:\n  a: { class: AgentStep, config: { prompt: Hello., agent: { class: SimpleAgent } } }\n",
    );
    const { err, code } = await place.run("run", "local.yml");
    expect([code, err.split("W_STEP").length - 1]).toEqual([0, 1]);
    const { out } = await place.run("run", "local.yml", "--json");
    expect((JSON.parse(out) as { warnings: readonly unknown[] }).warnings).toHaveLength(1);
  });
});
