import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { diagnosticCodes } from "../errors/diagnostics.js";
import { briefLab as brief, checkLab as check, directLink as link } from "../testing/lab-steps.js";

const search = "  search: { class: Search }";
const read = "  read: { class: Read }";

type Row = readonly [title: string, text: string, expected: readonly string[]];

const references: readonly Row[] = [
  [
    "a step that is not there",
    `steps:\n${search}\n${read}\nlinks:\n  l: ${link("serch.papers", "read.papers")}`,
    ["E_REF 6"],
  ],
  ["a unit that is not there", `steps:\n${search}\nlinks:\n  l: ${link("topic", "search.topic")}`, ["E_REF 5"]],
  [
    "an output port that is not there",
    `steps:\n${search}\n${read}\nlinks:\n  l: ${link("search.paperz", "read.papers")}`,
    ["E_PORT 6"],
  ],
  [
    "an input port that is not there",
    `steps:\n${search}\n${read}\nlinks:\n  l: ${link("search.papers", "read.paper")}`,
    ["E_PORT 6"],
  ],
  ["a step without a port", `steps:\n${search}\n${read}\nlinks:\n  l: ${link("search", "read.papers")}`, ["E_REF 6"]],
  [
    "a unit with a port",
    `input_data_units:\n  u: { class: DataUnitMemory }\nsteps:\n${search}\nlinks:\n  l: ${link("u.x", "search.topic")}`,
    ["E_REF 7"],
  ],
  ["depends_on nobody", "steps:\n  a: { class: Search, depends_on: [b] }", ["E_REF 3"]],
  [
    "depends_on a unit",
    "input_data_units:\n  u: { class: DataUnitMemory }\nsteps:\n  a: { class: Search, depends_on: [u] }",
    ["E_REF 5"],
  ],
  ["inputs of no port", "steps:\n  a: { class: Search, inputs: { topik: 1 } }", ["E_PORT 3"]],
  ["outputs by the name of failures", "steps:\n  a: { class: Open, outputs: { error: {} } }", ["E_CONFLICT 3"]],
  ["outputs of no port", "steps:\n  a: { class: Search, outputs: { paperz: {} } }", ["E_PORT 3"]],
  [
    "a function that is not there",
    `steps:\n${search}\n${read}\nlinks:\n  l: { class: TransformLink, config: { source: search.paper, target: read.papers, transform_function: to_list } }`,
    ["E_REF 6"],
  ],
  [
    "a link into an input",
    `input_data_units:\n  u: { class: DataUnitMemory }\nsteps:\n${search}\nlinks:\n  l: ${link("search.count", "u")}`,
    ["E_CONFLICT 7"],
  ],
  [
    "a pool that is not there",
    "resources: { licence: 2 }\nsteps:\n  a: { class: Search, resources: { licnce: 1 } }",
    ["E_REF 4"],
  ],
  [
    "more than the pool holds",
    "resources: { licence: 2 }\nsteps:\n  a: { class: Search, resources: { licence: 3 } }",
    ["E_CONFLICT 4"],
  ],
];

const wiring: readonly Row[] = [
  ["a required port that nothing feeds", `steps:\n${read}`, ["E_PORT 3"]],
  [
    "a required port fed by a unit that nothing sets",
    `data_units:\n  u: { class: DataUnitMemory }\nsteps:\n${read}\nlinks:\n  l: ${link("u", "read.papers")}`,
    ["W_CONFLICT 3", "E_PORT 7"],
  ],
  [
    "an output that nothing feeds",
    `output_data_units:\n  u: { class: DataUnitMemory }\nsteps:\n${search}`,
    ["W_CONFLICT 3"],
  ],
  [
    "an object where a list is expected",
    `steps:\n${search}\n${read}\nlinks:\n  l: ${link("search.paper", "read.papers")}`,
    ["E_PORT_TYPE 6"],
  ],
  [
    "a list of other items",
    `steps:\n${search}\n  count: { class: Count }\nlinks:\n  l: ${link("search.papers", "count.numbers")}`,
    ["E_PORT_TYPE 6"],
  ],
  [
    "a mapped step gives lists",
    `steps:\n${search}\n  one: { class: ReadOne, for_each: { over: papers, as: paper } }\n  again: { class: ReadOne }\nlinks:\n  l: ${link("search.papers", "one.papers")}\n  m: ${link("one.note", "again.paper")}`,
    ["E_PORT_TYPE 8"],
  ],
  [
    "a single paper into for_each",
    `steps:\n${search}\n  one: { class: ReadOne, for_each: { over: papers, as: paper } }\nlinks:\n  l: ${link("search.paper", "one.papers")}`,
    ["E_PORT_TYPE 6"],
  ],
  [
    "an item of no port",
    `steps:\n${search}\n  one: { class: ReadOne, for_each: { over: papers } }\nlinks:\n  l: ${link("search.papers", "one.papers")}`,
    ["E_PORT 4"],
  ],
  [
    "the item's port linked",
    `steps:\n${search}\n  one: { class: ReadOne, for_each: { over: papers, as: paper } }\nlinks:\n  k: ${link("search.papers", "one.papers")}\n  l: ${link("search.paper", "one.paper")}`,
    ["E_PORT 7"],
  ],
  [
    "a cycle",
    `steps:\n  a: { class: Open }\n  b: { class: Open }\n  c: { class: Open }\nlinks:\n  ab: ${link("a.x", "b.x")}\n  bc: ${link("b.x", "c.x")}\n  ca: ${link("c.x", "a.x")}`,
    ["E_CYCLE 9"],
  ],
  [
    "a cycle through depends_on",
    `steps:\n  a: { class: Open, depends_on: [b] }\n  b: { class: Open }\nlinks:\n  ab: ${link("a.x", "b.x")}`,
    ["E_CYCLE 3"],
  ],
  ["a step on itself", "steps:\n  a: { class: Open, depends_on: [a] }", ["E_CYCLE 3"]],
  [
    "a link twice",
    `steps:\n${search}\n${read}\nlinks:\n  k: ${link("search.papers", "read.papers")}\n  l: ${link("search.papers", "read.papers")}`,
    ["E_DUP_LINK 7", "E_CONFLICT 7"],
  ],
  [
    "two values for one port",
    `steps:\n${search}\n  other: { class: Search }\n${read}\nlinks:\n  k: ${link("search.papers", "read.papers")}\n  l: ${link("other.papers", "read.papers")}`,
    ["E_CONFLICT 8"],
  ],
  [
    "each outside of event_driven",
    "steps:\n  a: { class: Search }\n  b:\n    class: Search\n    inputs: { topic: { from: a.count, merge: each } }",
    ["E_CONFLICT 6"],
  ],
  [
    "a link onto a constant",
    `steps:\n${search}\n  b: { class: Search, inputs: { topic: 3 } }\nlinks:\n  l: ${link("search.count", "b.topic")}`,
    ["E_CONFLICT 6"],
  ],
  [
    "an error port that stays silent",
    `steps:\n${search}\n  b: { class: Search, inputs: { topic: { from: search.error } } }`,
    ["W_CONFLICT 4"],
  ],
];

const schemas: readonly Row[] = [
  [
    "a schema of no type",
    `input_data_units:\n  u:\n    class: DataUnitMemory\n    schema: { type: strng }\nsteps:\n${search}`,
    ["E_TYPE 5"],
  ],
  [
    "a schema in the config",
    `input_data_units:\n  u:\n    class: DataUnitMemory\n    config: { schema: { type: strng } }\nsteps:\n${search}`,
    ["E_TYPE 5"],
  ],
  [
    "a default that does not fit",
    `input_data_units:\n  u:\n    class: DataUnitMemory\n    schema: { type: string }\n    default: 3\nsteps:\n${search}`,
    ["E_TYPE 6"],
  ],
  [
    "a default of a text unit",
    `input_data_units:\n  u: { class: DataUnitString, default: 3 }\nsteps:\n${search}`,
    ["E_TYPE 3"],
  ],
  ["a constant that does not fit", "steps:\n  b: { class: Count, inputs: { numbers: [1, x] } }", ["E_TYPE 3"]],
  [
    "a pattern that is none",
    `input_data_units:\n  u:\n    class: DataUnitMemory\n    schema: { type: string, pattern: '(x' }\nsteps:\n${search}`,
    ["E_TYPE 5"],
  ],
  [
    "a schema file that is not there",
    `steps:\n${search}\n  other: { class: Search }\nlinks:\n  l: { class: TransformLink, config: { source: search.paper, target: other.topic, mapping: { a: title }, output_schema: s.json } }`,
    ["E_FILE_MISSING 6"],
  ],
];

const conditions: readonly Row[] = [
  [
    "no sentence",
    `steps:\n${search}\n  b: { class: Search, inputs: { topic: { from: search.paper, when: 'title ==' } } }`,
    ["E_EXPR_SYNTAX 4"],
  ],
  [
    "no field of the value",
    `steps:\n${search}\n  b: { class: Search, inputs: { topic: { from: search.paper, when: 'titel == "x"' } } }`,
    ["E_EXPR_NAME 4"],
  ],
  [
    "a function that is not allowed",
    `steps:\n${search}\n  b: { class: Search, inputs: { topic: { from: search.paper, when: 'value.constructor(1) == 2' } } }`,
    ["E_EXPR_FORBIDDEN 4"],
  ],
  [
    "more than a condition may hold",
    `steps:\n${search}\n  b: { class: Search, inputs: { topic: { from: search.paper, when: '${"year > 1 and ".repeat(200)}true' } } }`,
    ["E_EXPR_LIMIT 4"],
  ],
  [
    "no truth value",
    `steps:\n${search}\n  b: { class: Search, inputs: { topic: { from: search.paper, when: '1 + 1' } } }`,
    ["E_EXPR_TYPE 4"],
  ],
  [
    "no field in the short form",
    `steps:\n${search}\n  b: { class: Search, inputs: { topic: { from: search.paper, when: { field: titel, operator: eq, value: x } } } }`,
    ["E_EXPR_NAME 4"],
  ],
  [
    "no operator",
    `steps:\n${search}\n  b: { class: Search, inputs: { topic: { from: search.paper, when: { field: title, operator: is, value: x } } } }`,
    ["E_ENUM 4"],
  ],
];

describe.each([
  ["references", references],
  ["wiring", wiring],
  ["conditions", conditions],
  ["schemas", schemas],
])("diagnostics of %s", (_group, rows) => {
  it.each(rows)("%s: code and line", async (_title, text, expected) => {
    expect(await brief(text)).toEqual(expected);
  });
});

describe("diagnostics", () => {
  const first = async (text: string) => (await check(text))[0];

  it("port types: names both ends, what is given and what is expected", async () => {
    const text = `steps:\n${search}\n${read}\nlinks:\n  l: ${link("search.paper", "read.papers")}`;
    expect((await first(text))?.message).toBe(
      "Cannot link search.paper to read.papers: an object is given, an array is expected",
    );
  });

  it("two values for one port: both sources are named, not what their links happen to be called", async () => {
    const text = `steps:\n${search}\n  more: { class: Search }\n  r: { class: Search, inputs: { topic: { from: [search.count, more.count] } } }`;
    expect((await first(text))?.message).toBe("r.topic gets two values: from search.count and from more.count");
  });

  it("cycles: printed from the first step back to itself", async () => {
    const links = ["a b", "b c", "c a"]
      .map((pair) => pair.split(" "))
      .map(([from, to]) => `  ${from}${to}: ${link(`${from}.x`, `${to}.x`)}`);
    const text = `steps:\n  a: { class: Open }\n  b: { class: Open }\n  c: { class: Open }\nlinks:\n${links.join("\n")}`;
    expect((await first(text))?.message).toContain("a->b->c->a");
  });

  it("condition: the place of the name inside the text, and the field that was meant", async () => {
    const text = `steps:\n${search}\n  b: { class: Search, inputs: { topic: { from: search.paper, when: 'titel == "x"' } } }`;
    const found = await first(text);
    expect(found?.hint).toBe('did you mean "title"?');
    const line = `name: bad\n${text}`.split("\n")[3];
    expect(line?.slice((found?.column ?? 0) - 1, (found?.endColumn ?? 0) - 1)).toBe("titel");
  });

  it("if and else that meet again in one port: no fault", async () => {
    const text = [
      "steps:",
      search,
      "  no: { class: ReadOne, inputs: { paper: { from: search.paper, when: 'year <= 2000' } } }",
      "  old: { class: ReadOne, inputs: { paper: { from: search.paper, when: 'year > 2000' } } }",
      "  join: { class: Open, inputs: { x: { from: [no.note, old.note] } } }",
    ].join("\n");
    expect(await brief(text)).toEqual([]);
  });

  it("everything wrong with a document is said at once, in order of lines", async () => {
    const text = `steps:\n  a: { class: Serch }\n  b: { class: Strict, config: { needed: 1 } }\n${read}\nlinks:\n  l: ${link("a.x", "q.y")}`;
    expect(await brief(text)).toEqual(["E_CLASS_UNKNOWN 3", "E_TYPE 4", "E_REF 7"]);
  });

  it("every code of plans: shown by a document here", () => {
    const codes = Object.keys(diagnosticCodes);
    // What classes of the library find in their configs, their own tests and the pages of errors show.
    const isOfLibrary = (code: string) => /^E_(AGENT|MODEL)_/.test(code);
    const ofPlans = codes.slice(codes.indexOf("E_EXPR_SYNTAX")).filter((code) => !isOfLibrary(code));
    const tests = [
      "diagnostics",
      "diagnostics-of-classes",
      "diagnostics-of-reactions",
      "seed-document",
      "whole-documents",
    ];
    const rows = tests.map((name) => readFileSync(new URL(`${name}.test.ts`, import.meta.url), "utf8")).join("");
    expect(ofPlans.filter((code) => !rows.includes(`"${code}`))).toEqual([]);
  });
});
