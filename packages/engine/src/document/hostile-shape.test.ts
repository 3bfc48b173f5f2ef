import { expect, test } from "vitest";
import { loadDocument } from "./load-document.js";
import { memoryReader } from "./memory-reader.js";

const good = "name: x\nsteps:\n  a: { class: X }\n";

/** A title, the document or the files by name, and every diagnostic as `line:column CODE` (with the file if it is another). */
type Row = [title: string, document: string | Uint8Array | Record<string, string>, expected: string];

const rows: Row[] = [
  ["name missing", "steps: { a: { class: X } }\n", "1:1 E_MISSING"],
  ["steps missing", "name: x\n", "1:1 E_MISSING"],
  ["steps empty", "name: x\nsteps:\n", "2:1 E_MISSING"],
  ["class missing", "name: x\nsteps:\n  a:\n    config: {}\n", "3:3 E_MISSING"],
  ["step empty", "name: x\nsteps:\n  a:\n", "3:3 E_TYPE"],
  ["name missing in a list", "name: x\nsteps:\n  - class: X\n", "3:5 E_MISSING"],
  ["link without class", `${good}links:\n  l: { config: { source: a.b, target: a.c } }\n`, "5:3 E_MISSING"],
  ["for_each without over", "name: x\nsteps:\n  a: { class: X, for_each: { as: y } }\n", "3:18 E_MISSING"],
  ["repeat that never ends", "name: x\nsteps:\n  a: { class: X, repeat: { carry: { a: b } } }\n", "3:18 E_MISSING"],
  ["nested workflow without config", "name: x\nsteps:\n  a: { class: Workflow }\n", "3:3 E_MISSING"],
  ["unknown key of the document", `${good}stpes: {}\n`, "4:1 E_UNKNOWN_KEY"],
  ["unknown key of a step", "name: x\nsteps:\n  a: { class: X, confg: {} }\n", "3:18 E_UNKNOWN_KEY"],
  ["unknown key of error_handling_config", `${good}error_handling_config: { max_retry: 3 }\n`, "4:26 E_UNKNOWN_KEY"],
  ["unknown key of monitoring", `${good}monitoring: { metrics: true }\n`, "4:15 E_UNKNOWN_KEY"],
  ["unknown key of budget", `${good}budget: { call: 3 }\n`, "4:11 E_UNKNOWN_KEY"],
  ["budget that is no amount", `${good}budget: { tokens: many }\n`, "4:19 E_TYPE"],
  ["budget below nothing", `${good}budget: { usd: -1 }\n`, "4:16 E_RANGE"],
  [
    "unknown key of an input",
    "name: x\nsteps:\n  a: { class: X, inputs: { q: { form: b.c } } }\n",
    "3:33 E_UNKNOWN_KEY",
  ],
  ["inputs at the top", `${good}inputs: { a: 1 }\n`, "4:1 E_UNKNOWN_KEY"],
  ["steps as text", "name: x\nsteps: abc\n", "2:8 E_TYPE"],
  ["steps as list of texts", "name: x\nsteps: [a, b]\n", "2:9 E_TYPE, 2:12 E_TYPE"],
  ["name as number", "name: 5\nsteps: { a: { class: X } }\n", "1:7 E_TYPE"],
  ["class as list", "name: x\nsteps:\n  a: { class: [X] }\n", "3:8 E_TYPE"],
  ["config as list", "name: x\nsteps:\n  a: { class: X, config: [1] }\n", "3:18 E_TYPE"],
  ["config as number", "name: x\nsteps:\n  a: { class: X, config: 5 }\n", "3:26 E_TYPE"],
  ["boolean in quotes", 'name: x\nsteps:\n  a: { class: X, checkpoint: "true" }\n', "3:30 E_TYPE"],
  ["yes as boolean", "name: x\nsteps:\n  a: { class: X, checkpoint: yes }\n", "3:30 E_TYPE"],
  ["number in quotes", 'name: x\nsteps:\n  a: { class: X, max_retries: "3" }\n', "3:31 E_TYPE"],
  ["fraction of a retry", "name: x\nsteps:\n  a: { class: X, max_retries: 1.5 }\n", "3:31 E_TYPE"],
  ["duration of nonsense", "name: x\nsteps:\n  a: { class: X, timeout: 5 parsecs }\n", "3:27 E_TYPE"],
  ["size of nonsense", "name: x\nsteps:\n  a: { class: X, resources: { memory: 5 apples } }\n", "3:39 E_TYPE"],
  ["depends_on as map", "name: x\nsteps:\n  a: { class: X, depends_on: { b: c } }\n", "3:18 E_TYPE"],
  ["inputs as list", "name: x\nsteps:\n  a: { class: X, inputs: [a] }\n", "3:27 E_TYPE"],
  ["resources as number", `${good}resources: 4\n`, "4:12 E_TYPE"],
  ["metadata as text", `${good}metadata: hi\n`, "4:11 E_TYPE"],
  ["extends as list", `extends: [a.yml]\n${good}`, "1:1 E_TYPE"],
  ["schema as number", `${good}input_data_units: { u: { class: DataUnitMemory, schema: 5 } }\n`, "4:57 E_TYPE"],
  ["monitoring as list", `${good}monitoring: [a]\n`, "4:1 E_TYPE"],
  ["name of a listed step as number", "name: x\nsteps:\n  - { name: 5, class: X }\n", "3:13 E_TYPE"],
  ["misspelt strategy", `${good}execution_strategy: paralel\n`, "4:21 E_ENUM"],
  ["unknown error handling", `${good}error_handling: ignore\n`, "4:17 E_ENUM"],
  ["cache as boolean", "name: x\nsteps:\n  a: { class: X, cache: false }\n", "3:25 E_TYPE"],
  ["unknown cache", "name: x\nsteps:\n  a: { class: X, cache: global }\n", "3:25 E_ENUM"],
  ["unknown role", `${good}data_units: { u: { class: DataUnitMemory, role: inputs } }\n`, "4:49 E_ENUM"],
  [
    "collect at a port",
    "name: x\nsteps:\n  a: { class: X, inputs: { q: { from: b.c, merge: collect } } }\n",
    "3:51 E_ENUM",
  ],
  ["unknown completion", `${good}completion: never\n`, "4:13 E_ENUM"],
  ["unknown on_max", "name: x\nsteps:\n  a: { class: X, repeat: { max: 3, on_max: stop } }\n", "3:44 E_ENUM"],
  ["unknown executor word", `${good}executor: treads\n`, "4:11 E_ENUM"],
  ["negative retries", "name: x\nsteps:\n  a: { class: X, max_retries: -1 }\n", "3:31 E_RANGE"],
  ["timeout of zero", "name: x\nsteps:\n  a: { class: X, timeout: 0 }\n", "3:27 E_RANGE"],
  ["concurrency of zero", "name: x\nsteps:\n  a: { class: X, concurrency: 0 }\n", "3:31 E_RANGE"],
  ["eleven years", "name: x\nsteps:\n  a: { class: X, timeout: 4015d }\n", "3:27 E_RANGE"],
  ["negative memory", "name: x\nsteps:\n  a: { class: X, resources: { memory: -1 } }\n", "3:39 E_RANGE"],
  ["negative cpu", `${good}resources: { cpu: -2 }\n`, "4:19 E_RANGE"],
  ["no rounds", "name: x\nsteps:\n  a: { class: X, repeat: { max: 0 } }\n", "3:33 E_RANGE"],
  ["id with a space", "name: x\nsteps:\n  my step: { class: X }\n", "3:3 E_NAME"],
  ["id with a dot", "name: x\nsteps:\n  a.b: { class: X }\n", "3:3 E_NAME"],
  ["id that starts with a digit", "name: x\nsteps:\n  1st: { class: X }\n", "3:3 E_NAME"],
  [
    "id of 129 characters",
    "name: x\nsteps:\n  aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: { class: X }\n",
    "3:3 E_NAME",
  ],
  ["name that climbs", "name: ../../etc\nsteps: { a: { class: X } }\n", "1:7 E_NAME"],
  ["name with accent", "name: caf\u00e9\nsteps: { a: { class: X } }\n", "1:7 E_NAME"],
  ["port with a slash", "name: x\nsteps:\n  a: { class: X, inputs: { a/b: 1 } }\n", "3:28 E_NAME"],
  ["unit with a space", `${good}data_units: { a b: { class: DataUnitMemory } }\n`, "4:15 E_NAME"],
  ["empty id", 'name: x\nsteps:\n  "": { class: X }\n', "3:3 E_NAME"],
  ["step named like a unit", `${good}data_units: { a: { class: DataUnitMemory } }\n`, "3:3 E_DUP_NAME"],
  [
    "unit twice",
    `${good}input_data_units: { u: { class: DataUnitMemory } }\ndata_units: { u: { class: DataUnitMemory } }\n`,
    "5:15 E_DUP_NAME",
  ],
  [
    "listed steps of one name",
    "name: x\nsteps:\n  - { name: a, class: X }\n  - { name: a, class: Y }\n",
    "4:7 E_DUP_NAME",
  ],
  ["unset variable", `${good}description: "a \${NOPE} b"\n`, "4:17 E_ENV"],
  ["variable in small letters", `${good}description: "\${nope}"\n`, "4:15 E_ENV"],
  ["reference not closed", `${good}description: "\${NOPE"\n`, "4:15 E_ENV"],
  ["reference in a reference", `${good}description: "\${A:-\${B}}"\n`, "4:15 E_ENV"],
  ["dash without colon", `${good}description: "\${A-b}"\n`, "4:15 E_ENV"],
  ["variable in a class", 'name: x\nsteps:\n  a: { class: "${C:-X}" }\n', "3:15 E_ENV"],
  [
    "variable in a condition",
    `${good}links:\n  l: { class: ConditionalLink, config: { source: a.b, target: a.c, condition: "x > \${N:-1}" } }\n`,
    "5:79 E_ENV",
  ],
  [
    "variable in when",
    'name: x\nsteps:\n  a: { class: X, inputs: { q: { from: b.c, when: "x > ${N:-1}" } } }\n',
    "3:50 E_ENV",
  ],
  ["bad secret name", `${good}description: "\${secret:a b}"\n`, "4:15 E_ENV"],
  ["variable in extends", `extends: "\${BASE:-base.yml}"\n${good}`, "1:10 E_ENV"],
  ["escaped secret", `${good}description: "$\${secret:X}"\n`, "4:15 E_ENV"],
  ["config outside", "name: x\nsteps:\n  a: { class: X, config: ../x.yml }\n", "3:26 E_PATH"],
  ["config absolute", "name: x\nsteps:\n  a: { class: X, config: /etc/passwd.yml }\n", "3:26 E_PATH"],
  ["config with backslash", "name: x\nsteps:\n  a: { class: X, config: 'a\\b.yml' }\n", "3:26 E_PATH"],
  ["config at home", "name: x\nsteps:\n  a: { class: X, config: ~/x.yml }\n", "3:26 E_PATH"],
  ["config by address", 'name: x\nsteps:\n  a: { class: X, config: "https://example.org/x.yml" }\n', "3:26 E_PATH"],
  ["config on a drive", 'name: x\nsteps:\n  a: { class: X, config: "C:/x.yml" }\n', "3:26 E_PATH"],
  ["config with NUL", 'name: x\nsteps:\n  a: { class: X, config: "x\\0.yml" }\n', "3:26 E_PATH"],
  ["module outside", `${good}module: ../x.ts\n`, "4:9 E_PATH"],
  ["extends outside", `extends: ../../base.yml\n${good}`, "1:10 E_PATH"],
  ["config missing", "name: x\nsteps:\n  a: { class: X, config: nope.yml }\n", "3:26 E_FILE_MISSING"],
  ["extends missing", `extends: nope.yml\n${good}`, "1:10 E_FILE_MISSING"],
  ["module missing", `${good}module: ./nope.ts\n`, "4:9 E_FILE_MISSING"],
  ["workflow missing", "name: x\nsteps:\n  a: { class: Workflow, config: nope.yml }\n", "3:33 E_FILE_MISSING"],
  ["config of a wrong kind", "name: x\nsteps:\n  a: { class: X, config: x.txt }\n", "3:26 E_FILE_TYPE"],
  ["module of a wrong kind", `${good}module: ./x.py\n`, "4:9 E_FILE_TYPE"],
  ["extends itself", `extends: w.yml\n${good}`, "1:10 E_INCLUDE_CYCLE"],
  [
    "extends in a circle",
    { "w.yml": `extends: b.yml\n${good}`, "b.yml": "extends: w.yml\n" },
    "b.yml:1:10 E_INCLUDE_CYCLE",
  ],
  [
    "config names itself",
    { "w.yml": "name: x\nsteps:\n  a: { class: X, config: c.yml }\n", "c.yml": "agent: { class: A, config: c.yml }\n" },
    "c.yml:1:28 E_INCLUDE_CYCLE",
  ],
  [
    "configs in a circle",
    {
      "w.yml": "name: x\nsteps:\n  a: { class: X, config: c.yml }\n",
      "c.yml": "agent: { class: A, config: d.yml }\n",
      "d.yml": "tool: { class: T, config: c.yml }\n",
    },
    "d.yml:1:27 E_INCLUDE_CYCLE",
  ],
  ["workflow in itself", "name: x\nsteps:\n  a: { class: Workflow, config: w.yml }\n", "3:33 E_NEST_CYCLE"],
  [
    "workflows in a circle",
    {
      "w.yml": "name: x\nsteps:\n  a: { class: Workflow, config: b.yml }\n",
      "b.yml": "name: b\nsteps:\n  c: { class: Workflow, config: w.yml }\n",
    },
    "b.yml:3:33 E_NEST_CYCLE",
  ],
  ["base is a list", { "w.yml": `extends: b.yml\n${good}`, "b.yml": "- a\n" }, "1:10 E_TYPE"],
  [
    "config file is text",
    { "w.yml": "name: x\nsteps:\n  a: { class: X, config: c.yml }\n", "c.yml": "hello\n" },
    "3:26 E_TYPE",
  ],
  [
    "fault in a config file",
    { "w.yml": "name: x\nsteps:\n  a: { class: X, config: c.yml }\n", "c.yml": "a: 1\na: 2\n" },
    "c.yml:2:1 E_DUP_KEY",
  ],
  [
    "fault in a nested workflow",
    {
      "w.yml": "name: x\nsteps:\n  a: { class: Workflow, config: b.yml }\n",
      "b.yml": "name: b\nsteps:\n  c: { clas: Y }\n",
    },
    "b.yml:3:3 E_MISSING, b.yml:3:8 E_UNKNOWN_KEY",
  ],
  [
    "fault in a base",
    { "w.yml": `extends: b.yml\n${good}`, "b.yml": "monitoring: { foo: 1 }\n" },
    "b.yml:1:15 E_UNKNOWN_KEY",
  ],
  [
    "when and transform",
    "name: x\nsteps:\n  a: { class: X, inputs: { q: { from: b.c, when: x > 1, transform: f } } }\n",
    "3:44 E_CONFLICT",
  ],
  ["when without from", "name: x\nsteps:\n  a: { class: X, inputs: { q: { when: x > 1 } } }\n", "3:33 E_CONFLICT"],
  [
    "schema twice",
    `${good}data_units: { u: { class: DataUnitMemory, schema: true, config: { schema: true } } }\n`,
    "4:43 E_CONFLICT",
  ],
  [
    "role against its section",
    `${good}input_data_units: { u: { class: DataUnitMemory, role: result } }\n`,
    "4:55 E_CONFLICT",
  ],
  ["another name inside", "name: x\nsteps:\n  a: { class: X, name: b }\n", "3:24 E_CONFLICT"],
  [
    "alias bomb",
    "x-a: &a [x,x,x,x,x,x,x,x,x,x]\nx-b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nx-c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nx-d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\nx-e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\n" +
      good,
    "5:19 E_LIMIT",
  ],
  [
    "deep brackets",
    good +
      "metadata: { a: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\n",
    "4:79 E_LIMIT",
  ],
  [
    "deep by aliases",
    "x-a: &a [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]\nx-b: [[[[[[[[[[[[[[[[[[[[[[[[[*a]]]]]]]]]]]]]]]]]]]]]]]]]\n" +
      good,
    "2:31 E_LIMIT",
  ],
  [
    "101 aliases",
    "x-a: &a 1\nx-b: [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, ]\n" +
      good,
    "2:407 E_LIMIT",
  ],
  ["50,001 values", `${good}metadata: [${"1,".repeat(50_001)}]\n`, "4:100000 E_LIMIT"],
  ["too many bytes", `# ${"x".repeat(1048576)}\n${good}`, "1:1 E_LIMIT"],
  ["too many lines", "\n".repeat(100_001) + good, "100001:1 E_LIMIT"],
];

test.each(rows)("bad document: %s", (_title, document, expected) => {
  const single = typeof document === "string" || document instanceof Uint8Array;
  const { diagnostics } = loadDocument("w.yml", memoryReader(single ? { "w.yml": document } : document));
  const place = (file: string): string => (file === "w.yml" ? "" : `${file}:`);
  const found = diagnostics.map(({ file, line, column, code }) => `${place(file)}${line}:${column} ${code}`);
  expect(found.join(", ")).toBe(expected);
  expect(diagnostics.every(({ message }) => message.length > 10)).toBe(true);
});
