import { describe, expect, it } from "vitest";
import { compileText, standInStep } from "../testing/compile-text.js";

const definitions = [standInStep("lab.Open", "open", "open")];

const letters = "ABCDEFGH".split("");
const arrows = ["A C", "B C", "C E", "D E", "E G", "F G", "C H", "E H"];
const graph = [
  "name: letters",
  "steps:",
  ...letters.map((letter) => `  ${letter}: { class: Open }`),
  "links:",
  ...arrows
    .map((arrow) => arrow.split(" "))
    .map(
      ([from, to]) =>
        `  ${from}${to}: { class: DirectLink, config: { source: ${from}.out, target: ${to}.from${from} } }`,
    ),
].join("\n");

describe("compilePlan", () => {
  it("the graph A to H: four stages, depth, rank and tail", async () => {
    const { plan, diagnostics } = await compileText(graph, { definitions });
    expect(diagnostics).toEqual([]);
    const [root] = plan!.workflows;
    const name = (node: number) => root!.nodes[node]!.name;
    expect(root!.stages.map((stage) => stage.map(name))).toEqual([["A", "B", "D", "F"], ["C"], ["E"], ["G", "H"]]);
    expect(root!.steps.map((step) => root!.nodes[step]!.tail)).toEqual([4, 4, 3, 3, 2, 2, 1, 1]);
    const byRank = [...root!.nodes].sort((a, b) => a.rank - b.rank).map((node) => node.name);
    expect(byRank.slice(0, 8)).toEqual(["A", "B", "C", "D", "E", "F", "G", "H"]);
    expect(root!.outputs.map(name)).toEqual([]);
  });
});
