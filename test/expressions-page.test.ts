import { describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../packages/engine/src/contracts/json.js";
import { compileCondition } from "../packages/engine/src/expression/condition.js";
import { renderTemplate } from "../packages/engine/src/expression/template.js";
import { runTransform } from "../packages/engine/src/expression/transform.js";
import { readText } from "./project.js";

/** Rows of the table whose first column has this title: an expression, a value, a result. */
function rowsOf(title: string): readonly [source: string, value: Json, result: Json][] {
  const lines = readText("docs/expressions.md").split("\n");
  const head = lines.findIndex((line) => line.startsWith(`| ${title} |`));
  const end = lines.findIndex((line, index) => index > head && !line.startsWith("|"));
  return lines.slice(head + 2, end).map((line) => {
    const cells = line.slice(1, -1).split(/(?<!\\)\|/);
    const [source = "", value = "", result = ""] = cells.map((cell) => cell.trim().slice(1, -1).replaceAll("\\|", "|"));
    return [source, JSON.parse(value) as Json, JSON.parse(result) as Json];
  });
}

describe("docs/expressions.md", () => {
  it("tables: each has several rows", () => {
    for (const title of ["condition", "expression", "template"]) expect(rowsOf(title).length).toBeGreaterThan(4);
  });

  it.each(rowsOf("condition"))("condition: %s over %j is %j", (source, value, result) => {
    const condition = compileCondition(source);
    if (!condition.ok) expect.fail(JSON.stringify(condition.problems));
    expect(condition.evaluate(value)).toMatchObject({ pass: result });
  });

  it.each(rowsOf("expression"))("expression: %s over %j gives %j", async (source, value, result) => {
    expect(await runTransform(source, value)).toEqual(result);
  });

  it.each(rowsOf("template"))("template: %s with %j gives %j", (source, value, result) => {
    expect(renderTemplate(source, value as JsonObject, { format: "text" })).toBe(result);
  });
});
