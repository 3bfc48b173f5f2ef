import { describe, expect, it } from "vitest";
import { lines } from "../bench/src/speed-lines.mjs";
import { absentOf, speedRows, speedTable } from "../bench/src/speed-table.mjs";
import { full, measureAll, quick } from "../bench/src/suite.mjs";

type Row = { readonly contestant: string; readonly [figure: string]: string | number };
type Results = { readonly [workload: string]: { readonly [shape: string]: readonly Row[] } };

const chain = (ours: number): Results => ({
  w1: {
    "chain-1000": [
      { contestant: "floor-promise-all", "µs/step": 0.2 },
      { contestant: "proto-ready-queue", "µs/step": 0.1 },
      { contestant: "ours", "µs/step": ours },
      { contestant: "p-queue", "µs/step": 5 },
      { contestant: "xstate", failed: "not installed: xstate" },
    ],
  },
});
const rowOf = (results: Results, id: string) =>
  speedRows(results).find((row) => row.id === id) ?? expect.fail(`no row ${id}`);

describe("the speed table", () => {
  it.each([
    [0.2, "aim"],
    [0.3, "aim"],
    [0.4, "must"],
    [0.6, "must"],
    [0.61, "short"],
  ])("against a floor of 0.2 that may be crossed 3 times, %s: %s", (ours, verdict) => {
    expect(rowOf(chain(ours), "W1 chain")).toMatchObject({ verdict, floor: "0.200", peers: "p-queue 5.00" });
  });

  it.each([
    [0.9, "short"],
    [0.95, "must"],
    [0.99, "aim"],
  ])("a share of the ideal, %s: %s", (share, verdict) => {
    const results = { w5: { "200x10ms": [{ contestant: "ours", "share of ideal": share }] } };
    expect(rowOf(results, "W5 10 ms").verdict).toBe(verdict);
  });

  it("times faster than a peer: judged by the peer, and without it the reason stands there", () => {
    const beside = (peer: Row) => ({ w2: { "chain-1000": [{ contestant: "ours", "µs/step": 100 }, peer] } });
    const id = "W2 restate, chain-1000";
    expect(rowOf(beside({ contestant: "restate", "µs/step": 600 }), id)).toMatchObject({
      verdict: "must",
      ratio: "6.00",
    });
    const verdict = "not measured (restate: its server is not running here)";
    expect(rowOf(beside({ contestant: "restate", failed: "its server is not running here" }), id)).toMatchObject({
      verdict,
    });
  });

  it("ten times the work: the largest step decides; without the large sizes nothing is promised", () => {
    const grown = (...each: readonly number[]): Results => ({
      scale: Object.fromEntries(each.map((us, at) => [`runs-${10 ** at}`, [{ contestant: "ours", "µs each": us }]])),
    });
    expect(rowOf(grown(50, 10, 10, 10, 11), "scale runs")).toMatchObject({ verdict: "must", ratio: "11.0" });
    expect(rowOf(grown(50, 10, 10, 10, 15), "scale runs").verdict).toBe("short");
    expect(rowOf(grown(50, 10, 10), "scale runs").verdict).toBe("so far (without 1000, 10000)");
  });

  it("schedules: on other traces the lines move as the policy they were drawn beside", () => {
    const rows = (floor: number, ours: number): Results => ({
      w4: {
        traces: [
          { contestant: "HEFT (critical path, exact times)", "over bound": floor },
          { contestant: "ours, exact times", "over bound": ours },
        ],
      },
    });
    expect(rowOf(rows(1.0279, 1.0279), "W4 exact times")).toMatchObject({ must: "≤ 1.028", verdict: "must" });
    expect(rowOf(rows(1.0558, 1.056), "W4 exact times")).toMatchObject({ must: "≤ 1.056", verdict: "must" });
    expect(rowOf(rows(1.0558, 1.057), "W4 exact times").verdict).toBe("short");
  });

  it("nothing measured: every line says so, as a table of as many rows", () => {
    const rows = speedRows({});
    expect(rows.every((row) => row.verdict.startsWith("not measured"))).toBe(true);
    expect(speedTable(rows).split("\n")).toHaveLength(lines.length + 2);
  });

  it("who has no figures: is listed with the reason", () => {
    expect(absentOf(chain(0.2))).toEqual(["w1 chain-1000 xstate: not installed: xstate"]);
  });

  it.each([
    ["quick", quick],
    ["full", full],
  ])("%s: measures every line", async (_, parts) => {
    const asked: Results[] = [];
    await measureAll(parts, (part: { workload: string; shapes?: readonly string[]; only?: readonly string[] }) => {
      const own = lines.filter(({ workload }) => workload === part.workload);
      const shapes = part.shapes ?? own.flatMap((line) => ("shapes" in line ? line.shapes : [line.shape]));
      const names = part.only ?? [
        "ours",
        "ours-resume",
        "ours-first-start",
        "ours-ts",
        ...own.map((line) => line.contestant),
      ];
      const rows = names.map((contestant) => ({ contestant: String(contestant) }));
      const found = Object.fromEntries(shapes.map((shape: string) => [shape, rows]));
      asked.push({ [part.workload]: found });
      return Promise.resolve(found);
    });
    for (const line of lines) {
      const wanted = "contestant" in line ? line.contestant : "ours";
      for (const shape of "shapes" in line ? line.shapes : [line.shape]) {
        const found = asked.some((one) => one[line.workload]?.[shape]?.some((row) => row.contestant === wanted));
        expect([line.id, shape, found]).toEqual([line.id, shape, true]);
      }
    }
  });
});
