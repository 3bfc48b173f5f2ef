import { describe, expect, it } from "vitest";
import { findJson } from "./find-json.js";
import { readRequest } from "./read-request.js";

describe("findJson", () => {
  it("texts: objects and lists come out, words stay", () => {
    const text = 'Look at this.\n```json\n{"a": [1, "}"]}\n```\nand data: ["x", "y"]\nCite as [1] or [2, 3].';
    const { values, rest } = findJson(text);
    expect(values).toEqual([{ a: [1, "}"] }, ["x", "y"]]);
    expect(rest).toContain("Look at this.");
    expect(rest).toContain("Cite as [1] or [2, 3].");
    expect(rest).not.toContain('"a"');
  });

  it("broken JSON: it stays text, and what follows is still found", () => {
    expect(findJson('{"a": \n{"b": 1}\n').values).toEqual([{ b: 1 }]);
    expect(findJson('{"a": "no end').values).toEqual([]);
  });

  it("hostile text: many brackets do not take long", () => {
    const beganMs = process.cpuUsage().user / 1000;
    expect(findJson("\n{[".repeat(100_000)).values).toEqual([]);
    expect(findJson(`${"[".repeat(200_000)}`).values).toEqual([]);
    expect(process.cpuUsage().user / 1000 - beganMs).toBeLessThan(30_000);
  });
});

describe("readRequest", () => {
  const long = "The cell divides when it has grown enough to do so. ".repeat(6);

  it("JSON is data, the words beside it ask", () => {
    const read = readRequest([{ role: "user", text: `What grows?\n<data name="x">\n{"a": 1}\n</data>` }]);
    expect(read).toEqual({ question: "What grows?", data: [{ a: 1 }], texts: [] });
  });

  it("marked text is data, and all words around it ask", () => {
    const marked = `<data origin="notes" fence="ab12">\n${long}</data other> ${long}\n</data ab12>`;
    const read = readRequest([{ role: "user", text: `What grows?\n\nBe brief.\n\n${marked}\n\nAnd why?` }]);
    expect(read.question.split(/\s+/).join(" ")).toBe("What grows? Be brief. And why?");
    expect(read.texts).toEqual([`${long}</data other> ${long}`.trim()]);
  });

  it("marks without an end are words", () => {
    const text = "<data x> ".repeat(50_000);
    expect(readRequest([{ role: "user", text }]).data).toEqual([]);
  });

  it("without JSON the first paragraph asks about the others", () => {
    expect(readRequest([{ role: "user", text: `What grows?\n\n${long}` }])).toEqual({
      question: "What grows?",
      data: [],
      texts: [long.trim()],
    });
  });

  it("earlier messages and results of tools are read, the system's words are not", () => {
    const read = readRequest([
      { role: "system", text: long },
      { role: "user", text: long },
      { role: "assistant", text: long },
      { role: "tool", id: "1", name: "t", result: { rows: [1] } },
      { role: "tool", id: "2", name: "t", result: "plain words" },
      { role: "user", text: "And what shrinks?" },
    ]);
    expect(read).toEqual({ question: "And what shrinks?", data: [{ rows: [1] }], texts: [long.trim(), "plain words"] });
  });
});
