import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Workplace } from "./workplace.js";

const inner = `name: polish
input_data_units: { text: { class: DataUnitString } }
output_data_units: { polished: { class: DataUnitString } }
steps:
  trim: { class: TransformStep, config: { expression: "$trim(text)" }, inputs: { text: { from: text } } }
links:
  out: { class: DirectLink, config: { source: trim.output, target: polished } }
`;

const review = `name: review
input_data_units: { papers: { class: DataUnitMemory, default: [" a ", " bb "] }, limit: { class: DataUnitMemory, default: 10 } }
output_data_units: { count: { class: DataUnitMemory }, note: { class: DataUnitString } }
steps:
  polish: { class: Workflow, config: polish.yml, for_each: { over: papers, as: text }, inputs: { papers: { from: papers } } }
  count: { class: TransformStep, config: { expression: "$sum(texts.$length($))" }, inputs: { texts: { from: polish.polished } } }
  publish: { class: TransformStep, config: { expression: '"published " & total' } }
  announce: { class: TransformStep, config: { expression: "text" }, inputs: { text: { from: publish.output } } }
links:
  good: { class: ConditionalLink, config: { source: count.output, target: publish.total, condition: "value > 5" } }
  counted: { class: DirectLink, config: { source: count.output, target: count } }
  noted: { class: DirectLink, config: { source: announce.output, target: note } }
`
  .replace("count: { class: DataUnitMemory }, note", "total: { class: DataUnitMemory }, note")
  .replace("target: count }", "target: total }");

let place: Workplace;
let run: string;
beforeAll(async () => {
  place = new Workplace({ "polish.yml": inner, "review.yml": review });
  const { out } = await place.run("run", "review.yml", "--json");
  run = (JSON.parse(out) as { readonly name: string }).name;
});
afterAll(() => place.close());

describe("looking at a run", () => {
  it("runs: its line, and --json with its state", async () => {
    const text = await place.run("runs");
    expect(text).toMatchObject({ code: 0, err: "" });
    expect(text.out).toMatch(new RegExp(`${run} +completed +review`));
    expect(await place.runs()).toMatchObject([{ name: run, status: "completed" }]);
    expect((await place.run("runs", "--workflow", "other", "--json")).out).toContain('"runs":[]');
  });

  it("show: steps, outputs, warnings; --json nests child runs and items, with the states it went through", async () => {
    const { code, out } = await place.run("show", run);
    expect(code).toBe(0);
    expect(out).toMatch(
      /✔ polish +2 of 2.*✔ count.*─ publish.*─ announce.*total: 3.*W_OUTPUT_ABSENT Output note has no value/s,
    );
    const shown = JSON.parse((await place.run("show", run, "--json")).out) as { readonly [key: string]: unknown };
    expect(shown).toMatchObject({
      outputs: { total: 3 },
      steps: { polish: { items: [{ run: { status: "completed", steps: { trim: { status: "succeeded" } } } }, {}] } },
      lifecycle: { state: "closed" },
    });
    expect((shown["timeline"] as readonly { readonly step: string }[]).map((row) => row.step)).toContain(
      "polish[1]/trim",
    );
  });

  it("show by the beginning of its name; unknown: exit 2 with a way on", async () => {
    expect(await place.run("show", run.slice(0, -2))).toMatchObject({ code: 0 });
    const unknown = await place.run("show", "nobody");
    expect(unknown).toMatchObject({ code: 2, out: "" });
    expect(unknown.err).toContain("E_RUN_UNKNOWN");
  });

  it("events: told in order; --jsonl as they are; --after leaves out", async () => {
    const text = await place.run("events", run);
    expect(text.out).toMatch(/1 +0ms {2}run.created.*polish\[1\]\/trim {2}done.*run.completed/s);
    const lines = (await place.run("events", run, "--jsonl", "--after", "3")).out.trimEnd().split("\n");
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ seq: 4 });
    expect(await place.run("events", run, "--after", "x")).toMatchObject({ code: 2 });
  });

  it("logs: only of a step and what is inside it", async () => {
    const { out } = await place.run("logs", run, "--step", "polish[0]", "--level", "debug");
    expect(out).toContain("polish[0]/trim");
    expect(out).not.toContain("polish[1]");
    expect(await place.run("logs", run, "--level", "loud")).toMatchObject({ code: 2 });
  });

  it("data: outputs, inputs, items, units, also of nested steps; --out writes a file", async () => {
    const data = async (reference: string) => (await place.run("data", run, reference)).out.trimEnd();
    expect(await data("polish.polished")).toBe('["a","bb"]');
    expect(await data("polish[1].text")).toBe(" bb");
    expect(await data("polish[1]/trim.output")).toBe("bb");
    expect(await data("count.texts")).toBe('["a","bb"]');
    expect(await data("total")).toBe("3");
    expect(await place.run("data", run, "polish.polished", "--out", "kept.json")).toMatchObject({ code: 0, out: "" });
    expect(JSON.parse(place.read("kept.json"))).toEqual(["a", "bb"]);
    const unknown = await place.run("data", run, "polish.polishd");
    expect(unknown).toMatchObject({ code: 2 });
    expect(unknown.err).toContain("did you mean polish.polished?");
  });

  it("why: skipped, through another skipped step, because of a gate with its reason", async () => {
    const { code, out } = await place.run("why", run, "announce");
    expect(code).toBe(0);
    expect(out).toMatch(
      /announce was skipped.*port text had no value:.*publish was skipped.*gate good was closed: .*value > 5/s,
    );
    const ran = await place.run("why", run, "polish[0]/trim");
    expect(ran.out).toMatch(/polish\[0\]\/trim ran in .*declared +polish.yml:5:3.*waited for +text for text/s);
    const report = JSON.parse((await place.run("why", run, "note", "--json")).out) as {
      readonly [key: string]: unknown;
    };
    expect(report).toMatchObject({ kind: "output", verdict: { did: "absent" } });
    expect(await place.run("why", run, "nothing")).toMatchObject({ code: 2 });
  });

  it("why: from the cache, and which part of the key changed", async () => {
    const json = async (...args: readonly string[]) =>
      JSON.parse((await place.run(...args, "--json")).out) as { readonly name: string };
    const again = await json("run", "review.yml");
    expect((await place.run("why", again.name, "count")).out).toContain("came from the cache");
    const changed = await json("run", "review.yml", "-i", 'papers=["other"]');
    expect((await place.run("why", changed.name, "count")).out).toMatch(/count ran.*texts changed/s);
  });

  it("plan: compared with the last run", async () => {
    const same = JSON.parse((await place.run("plan", "review.yml", "--json")).out) as {
      readonly steps: { readonly [name: string]: unknown };
    };
    expect(same.steps["count"]).toMatchObject({ action: "cached" });
    const set = await place.run("plan", "review.yml", "--json", "--set", 'steps.count.config.expression="1"');
    expect(JSON.parse(set.out)).toMatchObject({
      steps: { count: { action: "run", reason: expect.stringContaining("config.expression changed since") } },
    });
  });

  it("rerun: takes finished steps over, runs the rest with the document as it is now", async () => {
    place.write("review.yml", review.replace("value > 5", "value > 2"));
    const { code, out } = await place.run("rerun", run, "--from", "publish");
    expect({ code, out }).toEqual({ code: 0, out: "total: 3\nnote: published 3\n" });
    const [newest] = await place.runs();
    const shown = JSON.parse((await place.run("show", newest?.name ?? "", "--json")).out) as {
      readonly steps: { readonly [name: string]: unknown };
    };
    expect(shown.steps).toMatchObject({ polish: { cached: true, attempts: 0 }, publish: { cached: false } });
    expect(await place.run("rerun", run)).toMatchObject({ code: 2 });
    expect(await place.run("rerun", run, "--from", "nothing")).toMatchObject({ code: 2 });
  });
});
