import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { defineStep } from "../../components/define-step.js";
import type { Json } from "../../contracts/json.js";
import { createRuntime } from "../create-runtime.js";
import type { Loaded, RunResult, Runtime } from "../runtime.js";

const folder = mkdtempSync(join(tmpdir(), "nanobrain-fork-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let calls: string[] = [];
const failing = new Set<string>();

/** Adds its letter to what it gets. */
const add = defineStep({
  class: "Add",
  version: "1",
  config: z.strictObject({ add: z.string() }),
  inputs: { in: z.string().optional() },
  outputs: { out: z.string() },
  run({ inputs, config }) {
    const out = `${inputs.in ?? ""}${config.add}`;
    calls.push(out);
    if (failing.has(out)) throw new TypeError(`${out} is broken`);
    return Promise.resolve({ out });
  },
});
const split = defineStep({
  class: "Split",
  version: "1",
  inputs: { in: z.string() },
  outputs: { list: z.array(z.string()) },
  run: ({ inputs }) => Promise.resolve({ list: inputs.in.split("") }),
});

let runtime: Runtime;
beforeEach(async () => {
  calls = [];
  failing.clear();
  runtime = await createRuntime({ steps: [add, split], store: "memory", cache: false });
});
afterEach(() => runtime.close({ drainMs: 0 }));

function load(name: string, text: string): Promise<Loaded> {
  writeFileSync(join(folder, name), text);
  return runtime.load(join(folder, name));
}

const step = (name: string, from: string | undefined, letter = name): string =>
  `  ${name}: { class: Add, config: { add: ${letter} }${from === undefined ? "" : `, inputs: { in: { from: ${from} } }`} }\n`;

/** a, b, c in a row: `in` gives `inabc`. */
const inner = (letters: readonly [string, string, string] = ["a", "b", "c"]): string =>
  `name: inner\ninput_data_units: { in: { class: DataUnitMemory } }\noutput_data_units: { out: { class: DataUnitMemory } }\nsteps:\n` +
  `${step("a", "in", letters[0])}${step("b", "a.out", letters[1])}${step("c", "b.out", letters[2])}` +
  `links:\n  end: { class: DirectLink, config: { source: c.out, target: out } }\n`;

const outer = (more = "", strategy = "graph"): string =>
  `name: outer\nexecution_strategy: ${strategy}\noutput_data_units: { out: { class: DataUnitMemory } }\nsteps:\n${step("x", undefined)}${step("y", undefined)}` +
  `  nest: { class: Workflow, config: inner.yml, inputs: { in: { from: x.out } }${more} }\n${step("z", "nest.out")}` +
  `links:\n  end: { class: DirectLink, config: { source: z.out, target: out } }\n`;

const mapped = (more = ""): string =>
  `name: mapped\ninput_data_units: { word: { class: DataUnitMemory } }\noutput_data_units: { out: { class: DataUnitMemory } }\nsteps:\n` +
  `  cut: { class: Split, inputs: { in: { from: word } } }\n` +
  `  nest: { class: Workflow, config: inner.yml, for_each: { over: items, as: in${more} }, inputs: { items: { from: cut.list } } }\n` +
  `links:\n  end: { class: DirectLink, config: { source: nest.out, target: out } }\n`;

async function first(name: string, text: string, inputs: { [unit: string]: Json } = {}): Promise<RunResult> {
  await load("inner.yml", inner());
  const run = await runtime.start(await load(name, text), inputs);
  const result = await run.result();
  calls = [];
  return result;
}

describe.each(["graph", "sequential", "parallel"])("rerun within a nested step (%s)", (strategy) => {
  it("takes over what is not downstream of the step, at each level", async () => {
    const before = await first("outer.yml", outer("", strategy));
    const fork = await runtime.rerun(before.run_id, "nest/b");
    expect((await fork.result()).outputs).toEqual({ out: "xabcz" });
    expect(calls).toEqual(["xab", "xabc", "xabcz"]);
    expect(fork.shared).toEqual(["x", "y", "nest/a"]);
    expect(fork.again).toContainEqual({ step: "nest/b", reason: "it was asked for" });
    expect(fork.again).toContainEqual({ step: "nest/c", reason: "it follows b" });
    expect(fork.again).toContainEqual({ step: "z", reason: "it follows nest" });
  });

  it("of a fork: goes on from what that had taken over", async () => {
    const before = await first("outer.yml", outer("", strategy));
    const once = await (await runtime.rerun(before.run_id, "nest/b")).result();
    calls = [];
    expect((await (await runtime.rerun(once.run_id, "nest/c")).result()).outputs).toEqual({ out: "xabcz" });
    expect(calls).toEqual(["xabc", "xabcz"]);
  });
});

describe("rerun within a mapped step", () => {
  it("of one item: the other items are taken over", async () => {
    const before = await first("mapped.yml", mapped(), { word: "pqr" });
    const fork = await runtime.rerun(before.run_id, "nest[1]/b");
    expect((await fork.result()).outputs).toEqual({ out: ["pabc", "qabc", "rabc"] });
    expect(calls).toEqual(["qab", "qabc"]);
    expect(fork.shared).toEqual(["cut", "nest[0]", "nest[1]/a", "nest[2]"]);
  });

  it("of a whole item: it alone runs again", async () => {
    const before = await first("mapped.yml", mapped(), { word: "pqr" });
    expect((await (await runtime.rerun(before.run_id, "nest[2]")).result()).status).toBe("completed");
    expect(calls).toEqual(["ra", "rab", "rabc"]);
  });

  it("of all items: each is taken over up to the step, as far as so many may be under way", async () => {
    const before = await first("mapped.yml", mapped(", concurrency: 3"), { word: "pqr" });
    const fork = await runtime.rerun(before.run_id, "nest/c");
    expect((await fork.result()).outputs).toEqual({ out: ["pabc", "qabc", "rabc"] });
    expect(calls.sort()).toEqual(["pabc", "qabc", "rabc"]);
  });

  it("item that is not there, item of a step without items, step that is not there: E_USAGE says what there is", async () => {
    const before = await first("mapped.yml", mapped(), { word: "pqr" });
    const refused = (from: string) => runtime.rerun(before.run_id, from).catch((error: Error) => error.message);
    expect(await refused("nest[3]/b")).toBe("Cannot rerun from nest[3]/b: nest has 3 items, numbered from 0");
    expect(await refused("cut[0]")).toBe("Cannot rerun from cut[0]: cut has no items, as it has no for_each");
    expect(await refused("nest/d")).toBe("Cannot rerun from nest/d: workflow inner has no such step (steps: a, b, c)");
    expect(calls).toEqual([]);
  });

  it("some items failed: those run again where they failed, the others are taken over", async () => {
    failing.add("qab");
    const before = await first("mapped.yml", mapped(", concurrency: 3"), { word: "pqr" });
    expect(before.status).toBe("failed");
    failing.clear();
    const fork = await runtime.resumeUpdated(before.run_id, await runtime.load(join(folder, "mapped.yml")));
    expect((await fork.result()).outputs).toEqual({ out: ["pabc", "qabc", "rabc"] });
    expect(calls.filter((call) => call.startsWith("q"))).toEqual(["qab", "qabc"]);
    expect(calls).not.toContain("pa");
  });
});

describe("rerun behind what fired more than one attempt", () => {
  const links = (from: string): string =>
    `${step("z", from)}output_data_units: { out: { class: DataUnitMemory } }\nlinks:\n  end: { class: DirectLink, config: { source: z.out, target: out } }\n`;

  it("loop: its result is taken over; asked for itself, it begins again at its first round", async () => {
    const text = `name: loop\nsteps:\n  l: { class: Add, config: { add: o }, inputs: { in: { default: s } }, repeat: { max: 3, carry: { out: in } } }\n${links("l.out")}`;
    const before = await first("loop.yml", text);
    expect(before.outputs).toEqual({ out: "soooz" });
    const behind = await runtime.rerun(before.run_id, "z");
    expect((await behind.result()).outputs).toEqual({ out: "soooz" });
    expect([calls, behind.shared]).toEqual([["soooz"], ["l"]]);
    calls = [];
    expect((await (await runtime.rerun(before.run_id, "l")).result()).outputs).toEqual({ out: "soooz" });
    expect(calls).toEqual(["so", "soo", "sooo", "soooz"]);
  });

  it("mapped loop: of one item, the other ones' results are taken over", async () => {
    const text = `name: loops\nsteps:\n  l: { class: Add, config: { add: o }, inputs: { items: { default: [s, t] } }, for_each: { over: items, as: in }, repeat: { max: 2, carry: { out: in } } }\noutput_data_units: { out: { class: DataUnitMemory } }\nlinks:\n  end: { class: DirectLink, config: { source: l.out, target: out } }\n`;
    const before = await first("loops.yml", text);
    expect(before.outputs).toEqual({ out: ["soo", "too"] });
    const fork = await runtime.rerun(before.run_id, "l[1]");
    expect((await fork.result()).outputs).toEqual({ out: ["soo", "too"] });
    expect(calls).toEqual(["to", "too"]);
  });

  it("approval: the answer is taken over, nobody is asked again", async () => {
    const text = `name: asking\nsteps:\n  ask: { class: ApprovalStep, config: { question: "Go?" } }\n${links("ask.decision")}`;
    const run = await runtime.start(await load("asking.yml", text), {});
    expect((await run.result()).status).toBe("waiting");
    expect(await run.asks()).toEqual([{ step: "ask", question: "Go?" }]);
    await run.answer("ask", "yes");
    expect((await run.result()).outputs).toEqual({ out: "yesz" });
    calls = [];
    const fork = await runtime.rerun(run.id, "z");
    expect((await fork.result()).outputs).toEqual({ out: "yesz" });
    expect([calls, fork.shared]).toEqual([["yesz"], ["ask"]]);
  });
});

describe("resume with the document as it is now", () => {
  it("nothing changed but lines and notes: everything is taken over", async () => {
    const before = await first("outer.yml", outer());
    const fork = await runtime.resumeUpdated(before.run_id, await load("outer.yml", `# a note\n\n${outer()}`));
    expect((await fork.result()).outputs).toEqual({ out: "xabcz" });
    expect(calls).toEqual([]);
    expect(fork.again).toEqual([]);
  });

  it("changed step inside a nested workflow: it and what follows run again, the pinned plan of the old run stays", async () => {
    const before = await first("outer.yml", outer());
    await load("inner.yml", inner(["a", "B", "c"]));
    const fork = await runtime.resumeUpdated(before.run_id, await load("outer.yml", outer()));
    expect((await fork.result()).outputs).toEqual({ out: "xaBcz" });
    expect(calls).toEqual(["xaB", "xaBc", "xaBcz"]);
    expect(fork.again).toContainEqual({ step: "nest/b", reason: "its class or config changed" });
    expect(fork.again).toContainEqual({ step: "nest", reason: "its workflow changed, in part" });
    expect((await runtime.store.find(before.run_id))?.planHash).toBe(before.plan_hash);
  });

  it("changed step inside a mapped nested workflow: each item runs again from there", async () => {
    const before = await first("mapped.yml", mapped(", concurrency: 2"), { word: "pqr" });
    await load("inner.yml", inner(["a", "b", "C"]));
    const fork = await runtime.resumeUpdated(before.run_id, await runtime.load(join(folder, "mapped.yml")));
    expect((await fork.result()).outputs).toEqual({ out: ["pabC", "qabC", "rabC"] });
    // As many items as may be under way begin in the middle; the third runs as a whole.
    expect(calls.sort()).toEqual(["pabC", "qabC", "ra", "rab", "rabC"]);
    expect(fork.again).toContainEqual({ step: "nest[2]", reason: "its workflow changed" });
  });

  it("failed run, mended in the document: goes on from the failed step", async () => {
    failing.add("xab");
    const before = await first("outer.yml", outer());
    expect(before.status).toBe("failed");
    await load("inner.yml", inner(["a", "B", "c"]));
    const fork = await runtime.resumeUpdated(before.run_id, await load("outer.yml", outer()));
    expect((await fork.result()).outputs).toEqual({ out: "xaBcz" });
    expect(calls).toEqual(["xaB", "xaBc", "xaBcz"]);
    expect((await runtime.store.find(before.run_id))?.status).toBe("failed");
  });

  it("linked otherwise, new, and gone steps: the first two run", async () => {
    const before = await first("outer.yml", outer());
    const text = outer().replace(step("y", undefined), step("w", "x.out")).replace("from: nest.out", "from: w.out");
    const fork = await runtime.resumeUpdated(before.run_id, await load("outer.yml", text));
    expect((await fork.result()).outputs).toEqual({ out: "xwz" });
    expect(calls).toEqual(["xw", "xwz"]);
    expect(fork.again).toEqual([
      { step: "w", reason: "it is new" },
      { step: "z", reason: "it follows w" },
    ]);
  });

  it("another default of an input: what follows from it runs again", async () => {
    const text = (word: string) =>
      `name: d\ninput_data_units: { word: { class: DataUnitString, default: ${word} } }\nsteps:\n${step("a", "word")}${step("b", undefined)}`;
    const before = await first("default.yml", text("one"));
    const fork = await runtime.resumeUpdated(before.run_id, await load("default.yml", text("two")));
    await fork.result();
    expect(calls).toEqual(["twoa"]);
    expect(fork.again).toEqual([{ step: "a", reason: "word has another value" }]);
  });

  it("module that changed: steps of it run again", async () => {
    const module = (letter: string) =>
      writeFileSync(join(folder, "mine.mjs"), `export const mark = (value, context) => value + "${letter}";\n`);
    const text = `name: m\noutput_data_units: { out: { class: DataUnitMemory } }\nsteps:\n${step("a", undefined)}  f: { class: FunctionStep, config: { function: "./mine.mjs#mark" }, inputs: { in: { from: a.out } } }\nlinks:\n  end: { class: DirectLink, config: { source: f.output, target: out } }\n`;
    module("1");
    const before = await first("module.yml", text);
    expect(before.failures).toEqual([]);
    const same = await runtime.resumeUpdated(before.run_id, await load("module.yml", text));
    await same.result();
    expect(same.again).toEqual([]);
    module("2");
    const fork = await runtime.resumeUpdated(before.run_id, await load("module.yml", text));
    await fork.result();
    expect(fork.again).toEqual([{ step: "f", reason: "its code changed" }]);
  });

  it("unfinished run: is cancelled in favour of the fork", async () => {
    await load("inner.yml", inner());
    const run = await runtime.start(await load("outer.yml", outer()), {});
    await run.pause();
    await run.result();
    const fork = await runtime.resumeUpdated(run.id, await load("outer.yml", outer()));
    expect((await fork.result()).outputs).toEqual({ out: "xabcz" });
    expect((await runtime.store.find(run.id))?.status).toBe("cancelled");
  });
});
