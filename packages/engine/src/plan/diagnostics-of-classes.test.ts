import { describe, expect, it } from "vitest";
import { briefLab as brief, checkLab as check } from "../testing/lab-steps.js";

const search = "  search: { class: Search }";
const read = "  read: { class: Read }";

type Row = readonly [title: string, text: string, expected: readonly string[]];

const classes: readonly Row[] = [
  ["an unknown class", "steps:\n  a: { class: Serch }", ["E_CLASS_UNKNOWN 3"]],
  ["an unknown dotted class", "steps:\n  a:\n    class: lab.Serch", ["E_CLASS_UNKNOWN 4"]],
  ["a link as a step", "steps:\n  a: { class: DirectLink }", ["E_CLASS_KIND 3"]],
  ["a step as a link", `steps:\n${search}\nlinks:\n  l: { class: Search, config: {} }`, ["E_CLASS_KIND 5"]],
  ["an address", "steps:\n  a: { class: 'https://example.org/x.js' }", ["E_CLASS_FORBIDDEN 3"]],
  ["a module name", "steps:\n  a: { class: 'node:child_process' }", ["E_CLASS_FORBIDDEN 3"]],
  ["a path without an export", "steps:\n  a: { class: ./x.ts }", ["E_CLASS_FORBIDDEN 3"]],
  ["a path out of the project", "steps:\n  a: { class: '../x.ts#Y' }", ["E_CLASS_FORBIDDEN 3"]],
  ["an absolute path", "steps:\n  a: { class: '/etc/x.ts#Y' }", ["E_CLASS_FORBIDDEN 3"]],
  ["an export that is no name", "steps:\n  a: { class: './x.ts#a.b' }", ["E_CLASS_FORBIDDEN 3"]],
  ["a module that is not there", "steps:\n  a: { class: './x.ts#Y' }", ["E_FILE_MISSING 3"]],
  ["a module as a link", `steps:\n${search}\nlinks:\n  l: { class: './x.ts#Y', config: {} }`, ["E_CLASS_KIND 5"]],
  [
    "words of the prototype",
    "steps:\n  a: { class: constructor }\n  b: { class: toString }",
    ["E_CLASS_UNKNOWN 3", "E_CLASS_UNKNOWN 4"],
  ],
  [
    "a unit of no class",
    `input_data_units:\n  u: { class: DataUnitMemmory }\nsteps:\n${search}`,
    ["E_CLASS_UNKNOWN 3"],
  ],
  ["an executor of no kind", `steps:\n${search}\nexecutor: { class: Search }`, ["E_CLASS_KIND 4"]],
  ["an executor of no name", "steps:\n  a: { class: Search, executor: tread }", ["E_ENUM 3"]],
];

const configs: readonly Row[] = [
  [
    "a key in a header",
    "steps:\n  a: { class: HttpStep, config: { url: 'https://example.org', headers: { X-Api-Key: abcdefgh } } }",
    ["W_SECRET 3"],
  ],
  [
    "an address that is not allowed",
    "steps:\n  a: { class: HttpStep, config: { url: 'ftp://example.org/x' } }",
    ["E_URL 3"],
  ],

  [
    "an unknown key",
    "steps:\n  a:\n    class: Strict\n    config:\n      needed: x\n      max_result: 3",
    ["E_UNKNOWN_KEY 7"],
  ],
  ["a wrong type", "steps:\n  a:\n    class: Strict\n    config: { needed: x, max_results: many }", ["E_TYPE 5"]],
  ["out of range", "steps:\n  a:\n    class: Strict\n    config: { needed: x, max_results: 101 }", ["E_RANGE 5"]],
  ["none of the values", "steps:\n  a:\n    class: Strict\n    config: { needed: x, engine: pubmd }", ["E_ENUM 5"]],
  ["a missing key", "steps:\n  a:\n    class: Strict\n    config: { max_results: 3 }", ["E_MISSING 5"]],
  ["no config at all", "steps:\n  a:\n    class: Strict", ["E_MISSING 3"]],
  [
    "deep inside",
    "steps:\n  a:\n    class: Strict\n    config:\n      needed: x\n      nested:\n        depth: 1\n        list:\n          - id: y\n          - idd: z",
    ["E_MISSING 11", "E_UNKNOWN_KEY 11"],
  ],
  [
    "several at once",
    "steps:\n  a:\n    class: Strict\n    config:\n      max_results: 0\n      engine: x\n      other: 1",
    ["E_MISSING 5", "E_RANGE 6", "E_ENUM 7", "E_UNKNOWN_KEY 8"],
  ],
  [
    "a gate without a condition",
    `steps:\n${search}\n${read}\nlinks:\n  l: { class: ConditionalLink, config: { source: search.papers, target: read.papers } }`,
    ["E_MISSING 6"],
  ],
  [
    "a transform without a way",
    `steps:\n${search}\n${read}\nlinks:\n  l: { class: TransformLink, config: { source: search.papers, target: read.papers } }`,
    ["E_MISSING 6"],
  ],
];

describe.each([
  ["classes", classes],
  ["configs", configs],
])("diagnostics of %s", (_group, rows) => {
  it.each(rows)("%s: code and line", async (_title, text, expected) => {
    expect(await brief(text)).toEqual(expected);
  });
});

describe("diagnostics of classes and configs", () => {
  const first = async (text: string) => (await check(text))[0];

  it("class: the nearest name is offered, in the form that was written", async () => {
    expect((await first("steps:\n  a: { class: Serch }"))?.hint).toBe('did you mean "Search"?');
    expect((await first("steps:\n  a: { class: lab.Serch }"))?.hint).toBe('did you mean "lab.Search"?');
    expect((await first("steps:\n  a: { class: labs.old.Search }"))?.hint).toBe('did you mean "lab.Search"?');
  });

  it("module classes: refused where modules are switched off", async () => {
    const files = { "x.ts": "export const Y = 1;" };
    const text = "steps:\n  a: { class: './x.ts#Y' }";
    expect(await brief(text, { files })).toEqual([]);
    expect(await brief(text, { files, modules: false })).toEqual(["E_CLASS_FORBIDDEN 3"]);
  });

  it("a registered text of the environment fills numbers, and stays text where text is wanted", async () => {
    const text = 'steps:\n  a: { class: Strict, config: { needed: "${N}", max_results: "${M}" } }';
    expect(await brief(text, { environment: { N: "12", M: "7" } })).toEqual([]);
    expect(await brief(text, { environment: { N: "12", M: "many" } })).toEqual(["E_TYPE 3"]);
  });
});
