import { expect, test } from "vitest";
import { budgets } from "./budgets.js";
import { loadDocument } from "./load-document.js";
import { memoryReader } from "./memory-reader.js";

const good = "name: x\nsteps:\n  a: { class: X }\n";

/** As often as fits into a file of the largest size. */
const fill = (text: string, start = ""): string =>
  start + text.repeat(Math.floor((budgets.fileBytes - start.length) / text.length));

function load(text: string, environment: Record<string, string> = {}) {
  return loadDocument("w.yml", memoryReader({ "w.yml": text }, environment));
}

/** Texts that cost some parsers minutes or gigabytes: here each ends at a bound, or parses in linear time. */
test.each([
  ["open lists", fill("["), "64 levels"],
  ["open maps in lists", fill("[{"), "64 levels"],
  ["dashes", fill("- "), "64 levels"],
  ["question marks", fill("? "), "64 levels"],
  ["colons", fill("a: "), "64 levels"],
  ["ever deeper blocks", Array.from({ length: 1000 }, (_, i) => `${" ".repeat(i)}a:\n`).join(""), "64 levels"],
  ["items", fill("1,", "["), "50000 values"],
  ["empty items", fill(",", "["), "250000 tokens"],
  ["anchors", fill("&a "), "250000 tokens"],
  ["aliases", fill("*a,", "[&a 1,"), "100 aliases"],
  ["line feeds", fill("\n"), "100000 lines"],
  ["comments", fill("#\n"), "100000 lines"],
  ["lines of a block", fill(" a\n", "a: |\n"), "100000 lines"],
  ["documents", fill("---\n"), "100000 lines"],
  ["a second file in one", fill(" ", `${good}---\n`), "second document"],
  ["tags", fill("!a "), "1000 faults"],
  ["brackets in lines", fill(`${"a: [".padEnd(15)}\n`), "1000 faults"],
  ["one text in double quotes", fill("a", '"'), "not closed"],
  ["backslashes", fill("\\", 'a: "'), "not closed"],
  ["one long key", `${fill("a").slice(10)}: 1`, "longer than 1024"],
  ["asterisks", fill("*"), "no anchor"],
  ["exclamation marks", fill("!", "a: "), "!!!"],
  ["spaces", fill(" "), "empty"],
  ["NUL", fill("\u0000"), "U+0000"],
  ["one comment", fill("a", "#"), "empty"],
  ["references without end", fill("${", `${good}description: "`).concat('"').slice(1), "not known"],
  ["one word of two megabytes", "a".repeat(2 * budgets.fileBytes), "larger than 1048576 bytes"],
])("budgets: %s", (_title, text, said) => {
  const { diagnostics } = load(text);
  expect(diagnostics.map(({ message }) => message).join("\n")).toContain(said);
  expect(diagnostics.length).toBeLessThanOrEqual(budgets.diagnostics + 1);
  expect(Math.max(...diagnostics.map((diagnostic) => JSON.stringify(diagnostic).length))).toBeLessThan(10_000);
});

test("budgets: nine aliases of nine, nine levels deep, are refused at the alias that passes the bound", () => {
  const levels = "bcdefghi"
    .split("")
    .map((name, i) => `x-${name}: &${name} [${Array(9).fill(`*${"abcdefghi"[i]}`).join(",")}]\n`);
  const { diagnostics } = load(`x-a: &a [x,x,x,x,x,x,x,x,x]\n${levels.join("")}${good}`);
  expect(diagnostics).toMatchObject([{ code: "E_LIMIT", line: 5 }]);
});

test("budgets: merging maps into each other counts as writing them out", () => {
  const keys = Array.from({ length: 400 }, (_, i) => `k${i}: 1`).join(", ");
  const chain = Array.from({ length: 98 }, (_, i) => `x-${i + 1}: &m${i + 1} { <<: *m${i}, z${i}: 1 }\n`);
  const { diagnostics } = load(`x-0: &m0 { ${keys} }\n${chain.join("")}${good}`);
  expect(diagnostics.map(({ code }) => code)).toEqual(["E_LIMIT"]);
});

test("budgets: 10,000 steps load, one more does not", () => {
  const steps = (count: number): string =>
    `name: x\nsteps:\n${Array.from({ length: count }, (_, i) => `  s${i}: { class: X }\n`).join("")}`;
  const most = load(steps(budgets.steps));
  expect(most.diagnostics).toEqual([]);
  expect(most.document?.steps).toHaveLength(budgets.steps);
  expect(load(steps(budgets.steps + 1)).diagnostics).toMatchObject([{ code: "E_LIMIT", line: budgets.steps + 3 }]);
});

test("budgets: 64 levels load, 65 do not", () => {
  const nested = (levels: number): string => `${good}x-deep: ${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}\n`;
  expect(load(nested(budgets.depth)).diagnostics).toEqual([]);
  expect(load(nested(budgets.depth + 1)).diagnostics).toMatchObject([{ code: "E_LIMIT", line: 4 }]);
});

test("budgets: thousands of faults are counted, not listed", () => {
  const unknown = Array.from({ length: 5000 }, (_, i) => `key${i}: 1\n`).join("");
  const { diagnostics } = load(good + unknown);
  expect(diagnostics).toHaveLength(budgets.diagnostics + 1);
  expect(diagnostics.at(-1)).toMatchObject({
    code: "E_LIMIT",
    message: "More than 1000 faults: 4000 further ones are not listed",
  });
});
