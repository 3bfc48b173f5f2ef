import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compileText } from "../../testing/compile-text.js";
import { openStepBench } from "../../testing/step-bench.js";
import { approvalStep, checkAnswer } from "./approval-step.js";

const bench = openStepBench();
beforeAll(() => writeFile(join(bench.project, "answer.json"), JSON.stringify({ type: "integer", minimum: 1 })));
afterAll(() => bench.close());

describe("ApprovalStep", () => {
  it("question: filled in, and asked with choices and schema", async () => {
    const config = { question: "Publish {{ title }} by {{ author.name }}?", choices: ["yes", "no", 3, true] };
    const inputs = { title: "Notes", author: { name: "Ada" } };
    expect(await bench.attempt(approvalStep, config, { inputs })).toMatchObject({
      status: "suspended",
      ask: { question: "Publish Notes by Ada?", choices: ["yes", "no", 3, true] },
    });
    const schema = { type: "string", minLength: 3 };
    const asked = await bench.attempt(approvalStep, { question: "{{ list }}", schema }, { inputs: { list: [1] } });
    expect(asked).toMatchObject({ status: "suspended", ask: { question: "[1]", schema } });
    expect(asked).not.toHaveProperty("until");
    expect(asked).not.toHaveProperty("ask.choices");
  });

  it("question: an input that is not there is a failure, the secret in it is not shown", async () => {
    expect(await bench.failure(approvalStep, { question: "{{ none }}" })).toMatchObject({ code: "E_PLACEHOLDER" });
    const config = { question: "Use ${secret:TOKEN}?" };
    expect(await bench.attempt(approvalStep, config, { secrets: { TOKEN: "hunter2hunter2" } })).toMatchObject({
      ask: { question: "Use ***?" },
    });
  });

  it("schema: a file of the project, or a clear failure", async () => {
    expect(await bench.attempt(approvalStep, { question: "How many?", schema: "answer.json" })).toMatchObject({
      ask: { schema: { type: "integer", minimum: 1 } },
    });
    expect(await bench.failure(approvalStep, { question: "?", schema: "none.json" })).toMatchObject({
      code: "E_FILE_READ",
    });
  });

  it("config: a schema that cannot be used, and a choice that it refuses", async () => {
    expect(await bench.problems(approvalStep, { question: "?", schema: { type: "numbre" } })).toEqual(["E_TYPE"]);
    const config = { question: "?", choices: ["yes", 3], schema: { type: "string" } };
    expect(await bench.problems(approvalStep, config)).toEqual(["E_CONFLICT"]);
  });

  it("YAML: choices [yes, no] are texts, [true, 1] are what they are", async () => {
    const text = (choices: string) =>
      `name: ask\nsteps:\n  ok: { class: ApprovalStep, config: { question: Well?, choices: ${choices} } }\n`;
    const choices = async (said: string) => {
      const { plan } = await compileText(text(said));
      const step = plan?.workflows[0]?.nodes.find((node) => node.name === "ok")?.step;
      return step?.component?.config["choices"];
    };
    expect(await choices("[yes, no, on, off]")).toEqual(["yes", "no", "on", "off"]);
    expect(await choices('[true, 1, "1"]')).toEqual([true, 1, "1"]);
  });
});

describe("answer", () => {
  it.each([
    [{ choices: ["yes", "no"] }, "yes"],
    [{ choices: [1, true] }, true],
    [{ schema: { type: "integer" } }, 3],
    [{}, { anything: [null] }],
  ])("answer: %j takes %j", async (ask, value) => {
    expect(await checkAnswer({ question: "?", ...ask }, value)).toBeUndefined();
  });

  it.each([
    [{ choices: ["yes", "no"] }, "maybe", '"maybe" is none of the choices: "yes", "no"'],
    [{ choices: ["yes", "no"] }, true, 'true is none of the choices: "yes", "no"'],
    [{ choices: ["1"] }, 1, '1 is none of the choices: "1"'],
    [
      { schema: { type: "integer", minimum: 5 } },
      3,
      "3 does not fit the schema of the answer: value: must be >= 5, is 3",
    ],
    [{ choices: ["yes"], schema: { type: "string" } }, 4, "none of the choices"],
  ])("answer: %j refuses %j with what is expected", async (ask, value, problem) => {
    expect(await checkAnswer({ question: "?", ...ask }, value)).toContain(problem);
  });
});
