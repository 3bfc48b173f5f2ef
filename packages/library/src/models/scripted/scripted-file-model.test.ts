import { describe, expect, it } from "vitest";
import { modelBench } from "../../testing/model-surroundings.js";
import type { Message, ModelAnswer } from "../model.js";
import { openModel } from "../open-model.js";
import { scriptedModel } from "./scripted-model.js";

const user = (text: string): Message => ({ role: "user", text });
const assistant = (text: string): Message => ({ role: "assistant", text });

function ask(
  script: string,
  messages: readonly Message[],
  bench = modelBench({ readText: async () => script }),
): Promise<ModelAnswer> {
  return openModel({ model: "scripted/answers.yml" }).answer({ messages }, bench);
}

describe("scripts", () => {
  const script = `
- text: First.
- when: the weather
  text: It rains.
- tool_calls: [{ name: add, input: { a: 1 } }]
- json: { sum: 3 }
`;

  it("in turn: the conversation decides which answer comes, in whatever process", async () => {
    expect(await ask(script, [user("a")])).toMatchObject({
      text: "First.",
      finish: "stop",
      model: "scripted/answers.yml",
    });
    const second = await ask(script, [user("a"), assistant("First."), user("b")]);
    expect(second).toMatchObject({
      finish: "tool_calls",
      toolCalls: [{ id: "call-2-1", name: "add", input: { a: 1 } }],
    });
    const third = await ask(script, [
      user("a"),
      assistant("First."),
      user("b"),
      assistant(""),
      { role: "tool", id: "x", name: "add", result: 3 },
    ]);
    expect(JSON.parse(third.text)).toEqual({ sum: 3 });
  });

  it("when: words of the last message choose", async () => {
    expect((await ask(script, [user("How is The Weather?")])).text).toBe("It rains.");
  });

  it("its end: it says so, unless it repeats", async () => {
    const past = [user("a"), assistant("1"), user("b"), assistant("2"), user("c"), assistant("3"), user("d")];
    await expect(ask(script, past)).rejects.toMatchObject({
      code: "E_MODEL_SCRIPT",
      message: expect.stringContaining("before answer 4"),
    });
    const repeating = "repeat: true\nanswers: [{ text: one }, { text: two }]";
    expect((await ask(repeating, past)).text).toBe("two");
  });

  it("failures: as often as it says, counted for each call by itself", async () => {
    const failing = "- { text: Done., failure: { kind: rate, times: 2, retry_after: 3s } }";
    for (const idempotencyKey of ["run:a", "run:b"]) {
      const bench = (): ReturnType<typeof modelBench> => modelBench({ readText: async () => failing, idempotencyKey });
      for (const _ of [1, 2])
        await expect(ask(failing, [user("a")], bench())).rejects.toMatchObject({
          code: "E_MODEL_RATE",
          traits: { retryAfterMs: 3000 },
        });
      expect((await ask(failing, [user("a")], bench())).text).toBe("Done.");
    }
  });

  it("chunks: the text is told in parts", async () => {
    const heard: string[] = [];
    const bench = {
      ...modelBench({ readText: async () => "- { text: abcdef, chunks: 3 }" }),
      onText: (text: string) => heard.push(text),
    };
    await openModel({ model: "scripted/answers.yml" }).answer(
      { messages: [user("a")] },
      { ...bench, onText: (text) => void bench.onText(text) },
    );
    expect(heard).toEqual(["ab", "cd", "ef"]);
  });

  it.each([
    ["text: no list", "no list of answers"],
    ["- { txt: x }", "the key txt"],
    ["- { failure: { kind: bored } }", "failure of answer 1"],
    ["- [", "line 1"],
  ])("%s: says what is wrong", async (bad, words) => {
    await expect(ask(bad, [user("a")])).rejects.toMatchObject({
      code: "E_MODEL_SCRIPT",
      message: expect.stringContaining(words),
    });
  });
});

describe("scriptedModel", () => {
  it("calls: the n-th gets the n-th answer, and what was asked is kept", async () => {
    const model = scriptedModel([
      "one",
      ({ messages }) => ({ text: `two of ${messages.length}` }),
      { failure: { kind: "down" } },
    ]);
    const request = { messages: [user("a")] };
    expect((await model.answer(request, modelBench())).text).toBe("one");
    expect((await model.answer(request, modelBench())).text).toBe("two of 1");
    await expect(model.answer(request, modelBench())).rejects.toMatchObject({ code: "E_MODEL_DOWN" });
    await expect(model.answer(request, modelBench())).rejects.toMatchObject({ code: "E_MODEL_SCRIPT" });
    expect(model.requests).toHaveLength(4);
  });
});
