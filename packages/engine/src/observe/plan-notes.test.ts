import { describe, expect, it } from "vitest";
import type { Plan } from "../plan/plan.js";
import { SampleJournal } from "../testing/sample-journal.js";
import { samplePlan } from "../testing/sample-plan.js";
import { reviewDone, reviewPlan } from "../testing/sample-review.js";
import { planNotes } from "./plan-notes.js";

const chain = samplePlan({ units: ["x"], steps: { a: {}, b: {}, c: {} }, links: ["x -> a.x", "a.y -> b.y"] });

function ranOnce(plan: Plan) {
  const journal = new SampleJournal(plan).created("calm-curie").started().unit("x", [1]);
  journal
    .attempt("a")
    .at(300)
    .succeeded("a", [1])
    .attempt("b")
    .at(700)
    .succeeded("b")
    .attempt("c")
    .at(800)
    .succeeded("c");
  return { name: "calm-curie", plan, events: journal.add({ type: "run.completed", run: 0 }).events };
}

function withConfig(plan: Plan, step: string, config: { readonly [key: string]: number }): Plan {
  const text = JSON.stringify(plan, (_, value) =>
    value?.name === step && value.step !== undefined
      ? { ...value, step: { ...value.step, component: { ...value.step.component, config } } }
      : value,
  );
  return JSON.parse(text) as Plan;
}

const told = (plan: Plan, earlier: Parameters<typeof planNotes>[1]) =>
  Object.fromEntries([...planNotes(plan, earlier)].map(([path, note]) => [path, `${note.action}: ${note.reason}`]));

describe("plan notes", () => {
  it("no earlier run: every step runs", () => {
    expect(told(chain, undefined)).toEqual({
      a: "run: no earlier run",
      b: "run: no earlier run",
      c: "run: no earlier run",
    });
  });

  it("unchanged: cached on condition of the inputs", () => {
    const same = "cached: unchanged since calm-curie, if its inputs are the same";
    expect(told(chain, ranOnce(chain))).toEqual({ a: same, b: same, c: same });
  });

  it("changed config: that step runs, with its reason and predicted time, and what follows it", () => {
    const notes = planNotes(withConfig(chain, "a", { limit: 5 }), ranOnce(chain));
    expect(notes.get("a")).toEqual({
      action: "run",
      reason: "config.limit changed since calm-curie",
      predictedMs: 300,
    });
    expect(notes.get("b")).toEqual({
      action: "run",
      reason: "a runs before it; cached if that gives the same",
      predictedMs: 400,
    });
    expect(notes.get("c")?.action).toBe("cached");
  });

  it("new, uncached and unfinished steps: each says so", () => {
    const now = samplePlan({
      units: ["x"],
      steps: { a: {}, b: { cache: "off" }, c: {}, d: {} },
      links: ["x -> a.x", "a.y -> b.y"],
    });
    const earlier = ranOnce(chain);
    const cut = { ...earlier, events: earlier.events.filter((event) => !("node" in event) || event.node !== 3) };
    expect(told(now, cut)).toMatchObject({
      b: "run: its results are not cached",
      c: "run: pending in calm-curie",
      d: "run: new since calm-curie",
    });
  });

  it("nested workflow: its steps have notes of their own", () => {
    const plan = reviewPlan();
    const notes = told(plan, { name: "brave-franklin", plan, events: reviewDone(plan).events });
    expect(notes["improve/grade"]).toBe("cached: unchanged since brave-franklin, if its inputs are the same");
    expect(notes["improve"]).toBe("cached: all its steps are unchanged");
    expect(notes["publish"]).toBe("run: its results are not cached");
    expect(notes["announce"]).toBe("run: skipped in brave-franklin");
  });
});
