import { describe, expect, it } from "vitest";
import { SampleJournal } from "../testing/sample-journal.js";
import { samplePlan } from "../testing/sample-plan.js";
import { reviewDone, reviewPlan } from "../testing/sample-review.js";
import { durationText } from "./duration-text.js";
import { findValue } from "./find-value.js";
import { logView } from "./log-view.js";
import { timeline } from "./timeline.js";

const plan = reviewPlan();
const done = reviewDone(plan).events;
const start = 1_700_000_000_000;

describe("timeline", () => {
  it("rows: one per attempt, items and nested steps named, in order of start", () => {
    const rows = timeline(plan, done).map((row) => [
      row.step,
      row.attempt,
      row.startedAt - start,
      (row.endedAt ?? 0) - start,
      row.status,
    ]);
    expect(rows).toEqual([
      ["search", 1, 10, 1210, "succeeded"],
      ["read[0]", 1, 1220, 2220, "succeeded"],
      ["read[1]", 1, 2220, 2420, "failed"],
      ["read[2]", 1, 2500, 3500, "succeeded"],
      ["read[1]", 2, 4420, 5420, "succeeded"],
      ["improve", 1, 5430, 6950, "succeeded"],
      ["improve/draft", 1, 5440, 6440, "succeeded"],
      ["improve/grade", 1, 6450, 6950, "succeeded"],
      ["publish", 0, 6960, 6960, "skipped"],
      ["announce", 0, 6960, 6960, "skipped"],
    ]);
  });

  it("ready time: told for first attempts only", () => {
    const rows = timeline(plan, done).filter((row) => row.step === "read[1]");
    expect(rows.map((row) => row.readyAt)).toEqual([start + 1210, null]);
  });
});

describe("log view", () => {
  const logs = [{ runId: "01SAMPLE", at: start + 1300, level: "info", step: "read[0]", text: "reading a" }] as const;

  it("lines: what steps logged stands among what the journal tells, in order of time", () => {
    const texts = logView(plan, done, logs, { step: "read" }).map((line) => `${line.step} ${line.level} ${line.text}`);
    expect(texts).toEqual([
      "read info 3 items",
      "read[0] info reading a",
      "read[0] info done",
      "read[1] warn failed: 429 Too many requests",
      "read[1] warn retry 1 in 2.0s: network",
      "read[2] info done",
      "read[1] info attempt 2 started",
      "read[1] info done",
      "read info done · 3 notes",
    ]);
  });

  it("filter: a step takes what is inside it along, a level drops what is below it", () => {
    expect(new Set(logView(plan, done, logs, { step: "improve", level: "debug" }).map((line) => line.step))).toEqual(
      new Set(["improve", "improve/notes", "improve/draft", "improve/grade", "improve/text", "improve/score"]),
    );
    expect(logView(plan, done, logs, { level: "warn" })).toHaveLength(2);
  });
});

describe("find value", () => {
  const find = (reference: string) => findValue(plan, done, reference);

  it("outputs, inputs, units, items and nested steps", () => {
    expect(find("search.papers")).toMatchObject({ handle: { json: ["a", "b", "c"] }, direction: "output" });
    expect(find("read.papers")).toMatchObject({ handle: { json: ["a", "b", "c"] }, direction: "input", index: null });
    expect(find("read[1].paper")).toMatchObject({ handle: { json: ["a", "b", "c"] }, direction: "input", index: 1 });
    expect(find("read[1].notes")).toMatchObject({ handle: { json: "B" }, direction: "output" });
    expect(find("topic")).toMatchObject({ handle: { json: "virus" }, direction: "unit" });
    expect(find("improve/draft.text")).toMatchObject({ handle: { json: "T" } });
    expect(find("improve/grade.text")).toMatchObject({ handle: { json: "T" }, direction: "input" });
  });

  it("value through an open gate: the source's own", () => {
    const gated = samplePlan({ steps: { a: {}, b: {} }, links: ["a.x -> b.x ? x > 1"] });
    const journal = new SampleJournal(gated).created().started().attempt("a");
    journal.succeeded("a", [{ passed: "x > 1 → true (2)" }], { x: { json: 2 } });
    expect(findValue(gated, journal.events, "b.x")).toMatchObject({ handle: { json: 2 } });
  });

  it("list merge: the values that came, in document order", () => {
    const base = samplePlan({ steps: { a: {}, b: {}, c: {} }, links: ["a.x -> c.x", "b.x -> c.x"] });
    const merged = JSON.parse(JSON.stringify(base).replaceAll('"merge":"single"', '"merge":"list"')) as typeof base;
    const journal = new SampleJournal(merged)
      .created()
      .started()
      .attempt("b")
      .succeeded("b", [1], { x: { json: 2 } });
    journal.attempt("a").succeeded("a", [1], { x: { json: 1 } });
    expect(findValue(merged, journal.events, "c.x")).toMatchObject({ handle: { list: [{ json: 1 }, { json: 2 }] } });
  });

  it("unknown names: the problem and what there is", () => {
    expect(find("serch.papers")).toMatchObject({ problem: "there is no step or unit serch" });
    expect(find("search.paper")).toEqual({
      problem: "search has no port paper",
      known: ["search.papers", "search.query"],
    });
    expect(find("publish.url")).toMatchObject({ problem: "publish.url has no value" });
    expect(find("search")).toMatchObject({ problem: "search is a step: name one of its ports" });
  });
});

describe("duration text", () => {
  it("units: change where the next one reads better", () => {
    const cases = [0, 99, 100, 1234, 9_960, 59_400, 59_600, 3_600_000, 90_000_000, -5];
    expect(cases.map(durationText)).toEqual([
      "0ms",
      "99ms",
      "0.1s",
      "1.2s",
      "10s",
      "59s",
      "1m 00s",
      "1h 00m",
      "1d 01h",
      "0ms",
    ]);
  });
});
