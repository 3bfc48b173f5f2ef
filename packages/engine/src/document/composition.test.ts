import { expect, test } from "vitest";
import type { StepEntry } from "./document.js";
import { loadDocument } from "./load-document.js";
import { memoryReader } from "./memory-reader.js";

type Files = Record<string, string>;

function load(files: Files, set: [string, string][] = []) {
  return loadDocument("w.yml", memoryReader(files), { set });
}

function stepOf(files: Files, set: [string, string][] = []): StepEntry {
  const { document, diagnostics } = load(files, set);
  expect(diagnostics).toEqual([]);
  const [step] = document?.steps ?? [];
  if (step === undefined) expect.unreachable("no step");
  return step;
}

const simple = "name: x\nsteps:\n  a: { class: X }\n";
const nest = (config: string): string => `name: x\nsteps:\n  a: { class: Workflow, config: ${config} }\n`;

test("extends: maps merge, lists and scalars replace, the base's keys come first", () => {
  const { document, diagnostics } = load({
    "w.yml":
      "extends: base/b.yml\nsteps:\n  a: { config: { keep: [3], own: 1 } }\n  c: { class: Z }\nerror_handling: stop\n",
    "base/b.yml":
      "extends: ../root.yml\nname: based\nsteps:\n  b: { class: Y }\n  a: { class: X, config: { keep: [1, 2], other: 2 } }\n",
    "root.yml": "error_handling: retry\nexecution_strategy: parallel\n",
  });
  expect(diagnostics).toEqual([]);
  expect(document?.steps.map(({ name }) => name)).toEqual(["b", "a", "c"]);
  expect(document?.steps[1]?.config).toEqual({ keep: [3], other: 2, own: 1 });
  expect(document).toMatchObject({ name: "based", strategy: "parallel", errorHandling: "stop" });
});

test("extends: places and paths are those of the file that says it", () => {
  const { document, diagnostics } = load({
    "w.yml": "extends: base/b.yml\nname: x\n",
    "base/b.yml": "steps:\n  a: { class: X, config: c.yml, timeot: 5 }\n",
    "base/c.yml": "key: value\n",
  });
  expect(diagnostics).toMatchObject([
    {
      code: "E_UNKNOWN_KEY",
      file: "base/b.yml",
      line: 2,
      path: "steps.a.timeot",
      chain: [{ file: "w.yml", line: 1, column: 10 }],
    },
  ]);
  expect(document?.steps[0]?.config).toEqual({ key: "value" });
  expect(document?.places.of(["steps", "a", "config", "key"])).toEqual({
    file: "base/c.yml",
    line: 1,
    column: 6,
    endColumn: 11,
  });
  expect(document?.places.of(["name"])).toMatchObject({ file: "w.yml", line: 2 });
});

test("config: a path is read relative to the file that says it, also deep inside configs", () => {
  const step = stepOf({
    "w.yml": "name: x\nsteps:\n  a: { class: X, config: conf/a.yml }\n",
    "conf/a.yml": "agent: { class: A, config: agents/b.yml }\nplain: { class: word, config: just text }\n",
    "conf/agents/b.yml": "tools: [{ class: T, config: ../t.yml }]\n",
    "conf/t.yml": "limit: 5\n",
  });
  expect(step.config).toEqual({
    agent: { class: "A", config: { tools: [{ class: "T", config: { limit: 5 } }] } },
    plain: { class: "word", config: "just text" },
  });
});

test("nested workflows: by file, in place, and of a dotted class; each has its own places", () => {
  const byFile = stepOf({
    "w.yml": nest("sub/n.yml"),
    "sub/n.yml": "name: n\nsteps:\n  b: { class: Y, config: c.yml }\n",
    "sub/c.yml": "k: 1\n",
  });
  expect(byFile.workflow).toMatchObject({ file: "sub/n.yml", name: "n" });
  expect(byFile.workflow?.steps[0]?.config).toEqual({ k: 1 });
  expect(byFile.workflow?.places.of(["steps", "b"])).toMatchObject({ file: "sub/n.yml", line: 3, column: 3 });
  const inPlace = stepOf({
    "w.yml": nest("{ steps: { b: { class: Y } } }").replace("Workflow", "nanobrain.core.workflow.Workflow"),
    "w.ts": "",
  });
  expect(inPlace.workflow).toMatchObject({ file: "w.yml", name: "a", module: "w.ts" });
  expect(inPlace.workflow?.places.of(["steps", "b", "class"])).toMatchObject({ line: 3 });
  const chat = stepOf({ "w.yml": "name: x\nsteps:\n  a: { class: ChatWorkflow }\n" });
  expect(chat.workflow).toMatchObject({ className: "ChatWorkflow", steps: [] });
});

test("nested workflows: a fault in place has the whole path, one in a file the chain that led there", () => {
  const inPlace = load({ "w.yml": nest("{ steps: { b: { clas: Y, class: Y } } }") }).diagnostics;
  expect(inPlace).toMatchObject([{ code: "E_UNKNOWN_KEY", file: "w.yml", path: "steps.a.config.steps.b.clas" }]);
  const byFile = load({
    "w.yml": nest("n.yml"),
    "n.yml": nest("m.yml"),
    "m.yml": "name: m\nsteps: { b: { class: Y, x: 1 } }\n",
  }).diagnostics;
  expect(byFile).toMatchObject([
    {
      file: "m.yml",
      path: "steps.b.x",
      chain: [
        { file: "w.yml", line: 3, column: 33 },
        { file: "n.yml", line: 3, column: 33 },
      ],
    },
  ]);
});

test("nested workflows: a file used by many steps is read and reported once", () => {
  const { document, diagnostics } = load({
    "w.yml": "name: x\nsteps:\n  a: { class: Workflow, config: n.yml }\n  b: { class: Workflow, config: ./n.yml }\n",
    "n.yml": "name: n\nsteps: { c: { class: Y, wrong: 1 } }\n",
  });
  expect(diagnostics).toHaveLength(1);
  expect(document?.steps[0]?.workflow).toBe(document?.steps[1]?.workflow);
});

test("nested workflows: steps are counted over all levels, as often as they are used", () => {
  const files: Files = { "w.yml": nest("n0.yml") };
  for (let i = 0; i < 20; i++) {
    const inner = i === 19 ? "class: X" : `class: Workflow, config: n${i + 1}.yml`;
    files[`n${i}.yml`] = `name: n${i}\nsteps:\n  a: { ${inner} }\n  b: { ${inner} }\n`;
  }
  expect(load(files).diagnostics.map(({ code }) => code)).toContain("E_LIMIT");
});

test("depth: 40 workflows in each other, and 40 files that extend each other, are too many", () => {
  const nested: Files = { "w.yml": nest("n0.yml") };
  const extended: Files = { "w.yml": `extends: n0.yml\n${simple}` };
  for (let i = 0; i < 40; i++) {
    nested[`n${i}.yml`] = nest(`n${i + 1}.yml`);
    extended[`n${i}.yml`] = `extends: n${i + 1}.yml\n`;
  }
  expect(load(nested).diagnostics.map(({ code }) => code)).toEqual(["E_LIMIT"]);
  expect(load(extended).diagnostics.map(({ code }) => code)).toEqual(["E_LIMIT"]);
});

test("fallback and hooks: they may be workflows too", () => {
  const files = {
    "w.yml":
      "name: x\non_failure: { class: Workflow, config: n.yml }\nsteps:\n  a: { class: X, fallback: { class: Workflow, config: n.yml } }\n",
    "n.yml": "name: n\nsteps: { c: { class: Y } }\n",
  };
  expect(stepOf(files).fallback?.workflow?.name).toBe("n");
  expect(load(files).document?.hooks.onFailure?.workflow?.name).toBe("n");
});

test("set: values are YAML scalars, maps are made on the way, lists go by name or index", () => {
  const text = "name: x\nsteps:\n  - { name: a, class: X, config: { list: [1, 2] } }\n";
  const step = stepOf({ "w.yml": text }, [
    ["steps.a.config.list.1", "20"],
    ["steps.0.config.deep.er", "true"],
    ["steps.a.config.text", "a: b"],
    ["steps.a.config.quoted", '"5"'],
    ["steps.a.config.none", "null"],
    ["steps.a.timeout", "2m"],
  ]);
  expect(step.config).toEqual({ list: [1, 20], deep: { er: true }, text: "a: b", quoted: "5", none: null });
  expect(step.timeoutMs).toBe(120_000);
});

test("set: it applies after extends and before the environment is put in", () => {
  const files = { "w.yml": `extends: b.yml\n${simple}`, "b.yml": 'description: "${UNSET}"\n' };
  const { document, diagnostics } = load(files, [["description", "${WORD:-given}"]]);
  expect(diagnostics).toEqual([]);
  expect(document?.description).toBe("given");
});

test("set: a secret-looking value is not shown", () => {
  const { diagnostics } = load({ "w.yml": simple }, [["steps.a.api_key", "hunter2"]]);
  expect(diagnostics).toMatchObject([{ code: "E_UNKNOWN_KEY", frame: [{ text: "steps.a.api_key=***" }] }]);
  expect(JSON.stringify(diagnostics)).not.toContain("hunter2");
});

test.each([
  ["stepz.a", "1", "E_UNKNOWN_KEY", "stepz.a=1"],
  ["a..b", "1", "E_NAME", "a..b=1"],
  ["__proto__.x", "1", "E_PROTO", "__proto__.x=1"],
  ["metadata.constructor", "1", "E_PROTO", "metadata.constructor=1"],
  ["name.x", "1", "E_TYPE", "name.x=1"],
  ["steps.a.max_retries", "many", "E_TYPE", "steps.a.max_retries=many"],
  ["metadata.n", "99999999999999999999", "E_RANGE", "metadata.n=99999999999999999999"],
  [`a${".a".repeat(70)}`, "1", "E_LIMIT", undefined],
])("set: %s=%s is %s, shown as it was given", (path, value, code, shown) => {
  const { diagnostics } = load({ "w.yml": simple }, [[path, value]]);
  expect(diagnostics).toMatchObject([{ code, file: "--set", line: 1 }]);
  if (shown !== undefined) expect(diagnostics[0]?.frame?.[0]?.text).toBe(shown);
});
