import { describe, expect, it } from "vitest";
import { compileText } from "../testing/compile-text.js";
import { briefLab as brief, labSteps } from "../testing/lab-steps.js";

type Row = readonly [title: string, text: string, expected: readonly string[]];

const queue = (config: string) => `links:\n  q: { class: QueueLink, config: { source: search.paper, ${config} } }`;
const two = "steps:\n  search: { class: Search }\n  a: { class: Open }\n  b: { class: Open }";
const trigger = (text: string) => `triggers:\n  t: ${text}`;
const manual = (targets: string) => trigger(`{ class: ManualTrigger, config: { step_targets: [${targets}] } }`);
const reacting = "execution_strategy: event_driven";

const queues: readonly Row[] = [
  ["fine", `${two}\n${queue("targets: [a.x, b.x]")}`, []],
  ["no target", `${two}\n${queue("each: true")}`, ["E_MISSING 7"]],
  ["one target twice", `${two}\n${queue("targets: [a.x, a.x]")}`, ["E_DUP_LINK 7"]],
  [
    "not the only link of its port",
    `${two}\n${queue("target: a.x")}\n  l: { class: DirectLink, config: { source: b.y, target: a.x } }`,
    ["E_CONFLICT 7"],
  ],
  ["a weight of no target", `${two}\n${queue("target: a.x, balance: weighted, weights: { b.x: 2 }")}`, ["E_REF 7"]],
  ["weights of nothing", `${two}\n${queue("target: a.x, weights: { a.x: 2 }")}`, ["W_CONFLICT 7"]],
  ["a weight of zero", `${two}\n${queue("target: a.x, balance: weighted, weights: { a.x: 0 }")}`, ["E_RANGE 7"]],
  [
    "items for a step that wants a list of them",
    `steps:\n  search: { class: Open }\n  a: { class: Open, for_each: { over: x } }\nlinks:\n  q: { class: QueueLink, config: { source: search.y, target: a.x, each: true } }`,
    ["W_CONFLICT 6"],
  ],
];

const triggers: readonly Row[] = [
  ["fine", `${reacting}\nsteps:\n  a: { class: Open }\n${manual("a")}`, []],
  ["no such step", `${reacting}\nsteps:\n  a: { class: Open }\n${manual("b")}`, ["E_REF 6"]],
  [
    "a data unit for a step",
    `${reacting}\ndata_units:\n  u: { class: DataUnitMemory, default: 1 }\nsteps:\n  a: { class: Open }\n${manual("a, u")}`,
    ["E_REF 8"],
  ],
  ["no such port", `${reacting}\nsteps:\n  a: { class: Search }\n${manual("a.y")}`, ["E_PORT 6"]],
];

const graph = "execution_strategy: graph";
const folder = (more: string) => `{ class: FolderTrigger, config: { path: inbox, ${more} } }`;
const timer = (more: string) => `{ class: TimerTrigger, config: { ${more} } }`;
const watching = (units: string, targets: string) =>
  `{ class: DataUpdatedTrigger, config: { watch_data_units: [${units}], step_targets: [${targets}] } }`;
const condition = (text: string) => `{ class: ConditionTrigger, config: { condition: '${text}', step_targets: [a] } }`;
const open = "steps:\n  a: { class: Open }";
const unit = "input_data_units:\n  u: { class: DataUnitMemory, schema: { type: integer } }";
const waitFor = "completion: manual";

const firings: readonly Row[] = [
  [
    "a watched unit of another type",
    `${reacting}\n${unit}\nsteps:\n  a: { class: Read }\n${trigger(watching("u", "a.papers"))}`,
    ["E_PORT_TYPE 8"],
  ],
  [
    "a payload of another type",
    `${reacting}\n${waitFor}\nsteps:\n  a: { class: Read }\n${trigger(folder("step_targets: [a]"))}`,
    ["E_PORT_TYPE 7"],
  ],
  [
    "a payload for nobody",
    `${reacting}\n${waitFor}\nsteps:\n  a: { class: Count, inputs: { numbers: [1] } }\n${trigger(folder("step_targets: [a]"))}`,
    ["W_CONFLICT 7"],
  ],
  [
    "a timer that brings nothing",
    `${reacting}\n${waitFor}\n${open}\n${trigger(timer("interval: 5m, step_targets: [a.x]"))}`,
    ["E_PORT 5", "W_CONFLICT 7"],
  ],
  [
    "a payload onto a constant",
    `${reacting}\n${waitFor}\nsteps:\n  a: { class: Open, inputs: { x: 1 } }\n${trigger(folder("step_targets: [a.x]"))}`,
    ["E_CONFLICT 7"],
  ],
  [
    "a required port that no firing feeds",
    `${reacting}\n${waitFor}\nsteps:\n  a: { class: Read }\n${trigger(timer("interval: 5m, step_targets: [a]"))}`,
    ["E_PORT 5"],
  ],
  [
    "a folder outside",
    `${reacting}\n${waitFor}\n${open}\n${trigger("{ class: FolderTrigger, config: { path: ../inbox, step_targets: [a] } }")}`,
    ["E_PATH 7"],
  ],
  [
    "a pattern with folders",
    `${reacting}\n${waitFor}\n${open}\n${trigger(folder("pattern: 'x/*.csv', step_targets: [a]"))}`,
    ["E_RANGE 7"],
  ],
  [
    "a unit that no condition knows",
    `${reacting}\n${waitFor}\n${unit}\n${open}\n${trigger(condition("uu > 3"))}`,
    ["E_EXPR_NAME 9"],
  ],
  [
    "a metric that is not there",
    `${reacting}\n${waitFor}\n${open}\n${trigger(condition("metrics.run.eror_rate > 0.1"))}`,
    ["E_EXPR_NAME 7"],
  ],
  [
    "metrics of a step that is not there",
    `${reacting}\n${waitFor}\n${open}\n${trigger(condition("metrics.steps.b.queued > 3"))}`,
    ["E_EXPR_NAME 7"],
  ],
  [
    "units and metrics that are there",
    `${reacting}\n${waitFor}\n${unit}\n${open}\n${trigger(condition("u > 3 or metrics.steps.a.queued > 3"))}`,
    [],
  ],
  [
    "two watched values for one port",
    `${reacting}\n${unit}\n  v: { class: DataUnitMemory }\n${open}\n${trigger(watching("u, v", "a.x"))}`,
    ["W_CONFLICT 9"],
  ],
  [
    "a trigger that fires nothing",
    `${reacting}\n${waitFor}\n${open}\n${trigger("{ class: ManualTrigger }")}`,
    ["E_MISSING 7"],
  ],
  [
    "one that others are made of fires nothing itself",
    `${reacting}\n${waitFor}\n${open}\ntriggers:\n  t: { class: ManualTrigger }\n  both: { class: AllTrigger, config: { triggers: [t], step_targets: [a] } }`,
    [],
  ],
  [
    "a trigger that is not there",
    `${reacting}\n${waitFor}\n${open}\ntriggers:\n  both: { class: AllTrigger, config: { triggers: [t], step_targets: [a] } }`,
    ["E_REF 7"],
  ],
  [
    "triggers made of each other",
    `${reacting}\n${waitFor}\n${open}\ntriggers:\n  x: { class: AnyTrigger, config: { triggers: [y], step_targets: [a] } }\n  y: { class: AnyTrigger, config: { triggers: [x] } }`,
    ["E_CYCLE 7", "E_CYCLE 8"],
  ],
  [
    "a run that ends at once",
    `${reacting}\n${open}\ntriggers:\n  t: ${timer("interval: 5m, step_targets: [a]")}\n  f: ${folder("step_targets: [a]")}`,
    ["W_CONFLICT 5"],
  ],
  [
    "a counted timer keeps it",
    `${reacting}\n${open}\n${trigger(timer("interval: 5m, count: 3, step_targets: [a]"))}`,
    [],
  ],
  [
    "a step that starts by itself",
    `${reacting}\n${open}\n  b: { class: Open }\n${trigger(timer("interval: 5m, step_targets: [a]"))}`,
    [],
  ],
];

const starts: readonly Row[] = [
  ["a first step", `${graph}\n${open}\n${trigger(timer("interval: 5m, step_targets: [a]"))}`, []],
  ["no target", `${graph}\n${open}\n${trigger(timer("interval: 5m"))}`, []],
  [
    "a later step",
    `${graph}\n${open}\n  b: { class: Open, depends_on: [a] }\n${trigger(timer("interval: 5m, step_targets: [b]"))}`,
    ["W_CONFLICT 7"],
  ],
  [
    "something within a run",
    `${graph}\n${unit}\n${open}\ntriggers:\n  t: ${watching("u", "a")}\n  c: ${condition("u > 3")}`,
    ["W_CONFLICT 8", "W_CONFLICT 9"],
  ],
];

const cycles: readonly Row[] = [
  [
    "order after a member from outside",
    `${reacting}\nsteps:\n  a: { class: Open, inputs: { x: { merge: each, from: [b.y, c.y] } } }\n  b: { class: Open, inputs: { x: { from: a.y } } }\n  c: { class: Open }\n  d: { class: Open, depends_on: [b] }`,
    ["E_CYCLE 7"],
  ],
  [
    "a cycle through a triggered step",
    `${reacting}\nsteps:\n  a: { class: Open, inputs: { x: { from: b.y } } }\n  b: { class: Open, inputs: { x: { from: a.y } } }\n${manual("a")}`,
    [],
  ],
  [
    "one value beside each round's",
    `${reacting}\n${unit}\nsteps:\n  a: { class: Open, inputs: { x: { merge: each, from: [b.y, c.y] }, t: { from: u } } }\n  b: { class: Open, inputs: { x: { from: a.y } } }\n  c: { class: Open }`,
    ["W_CONFLICT 6"],
  ],
  [
    "the same, held",
    `${reacting}\n${unit}\nsteps:\n  a: { class: Open, inputs: { x: { merge: each, from: [b.y, c.y] }, t: { from: u, hold: true } } }\n  b: { class: Open, inputs: { x: { from: a.y } } }\n  c: { class: Open }`,
    [],
  ],
  [
    "the result of a cycle beside one value",
    `${reacting}\n${unit}\nsteps:\n  a: { class: Open, inputs: { x: { merge: each, from: [b.y, u] } } }\n  b: { class: Open, inputs: { x: { from: a.y } } }\n  c: { class: Open, inputs: { x: { from: b.z, when: 'value > 1' }, t: { from: u } } }`,
    [],
  ],
  [
    "one value beside the items of a queue",
    `${unit}\n${two}\n  c: { class: Open, inputs: { t: { from: u }, x: { from: a.y } } }\n${queue("target: a.x")}`,
    ["W_CONFLICT 8"],
  ],
];

const waits: readonly Row[] = [
  [
    "an answer of its choices",
    "steps:\n  a: { class: ApprovalStep, config: { question: Well?, choices: [yes, no] }, timeout: 1h, on_timeout: no }",
    [],
  ],
  [
    "an answer that is no choice",
    "steps:\n  a: { class: ApprovalStep, config: { question: Well?, choices: [yes, no] }, timeout: 1h, on_timeout: maybe }",
    ["E_ENUM 3"],
  ],
  [
    "an answer that does not fit",
    "steps:\n  a: { class: ApprovalStep, config: { question: Well?, schema: { type: integer } }, timeout: 1h, on_timeout: no }",
    ["E_TYPE 3"],
  ],
  [
    "an answer without a time",
    "steps:\n  a: { class: ApprovalStep, config: { question: Well? }, on_timeout: no }",
    ["W_CONFLICT 3"],
  ],
  [
    "an answer of a step that asks nobody",
    "steps:\n  a: { class: TransformStep, config: { expression: '1' }, timeout: 1h, on_timeout: no }",
    ["E_CONFLICT 3"],
  ],
  [
    "a step that needs none of its closed links",
    `steps:\n  s: { class: Search }\n  a: { class: Search, inputs: { topic: { from: s.paper, when: 'year > 3' } } }`,
    ["W_CONFLICT 4"],
  ],
];

const undoing: readonly Row[] = [
  ["rolled back", "error_handling: rollback\nsteps:\n  a: { class: Search, on_rollback: { class: Search } }", []],
  ["never rolled back", "steps:\n  a: { class: Search, on_rollback: { class: Search } }", ["W_CONFLICT 3"]],
  [
    "ends with outputs that are not there",
    "completion: outputs\nsteps:\n  a: { class: Strict, config: { needed: x } }",
    ["W_CONFLICT 2"],
  ],
  [
    "a nested workflow that is",
    "steps:\n  a: { class: Search, on_rollback: { class: Search } }\n  w: { class: Workflow, config: { error_handling: rollback, steps: { b: { class: Search } } } }",
    [],
  ],
];

const loops: readonly Row[] = [
  ["fine", "steps:\n  a: { class: Open, repeat: { until: 'score > 1', carry: { draft: draft } } }", []],
  ["no such output", "steps:\n  a: { class: Search, repeat: { max: 3, carry: { papr: topic } } }", ["E_PORT 3"]],
  ["no such input", "steps:\n  a: { class: Search, repeat: { max: 3, carry: { paper: topik } } }", ["E_PORT 3"]],
  [
    "another type",
    "steps:\n  b: { class: Search }\n  a: { class: ReadOne, inputs: { paper: { from: b.paper } }, repeat: { max: 3, carry: { note: paper } } }",
    ["E_PORT_TYPE 4"],
  ],
  ["a condition over no output", "steps:\n  a: { class: Search, repeat: { until: 'cuont > 3' } }", ["E_EXPR_NAME 3"]],
  [
    "the item of a map",
    "steps:\n  b: { class: Search }\n  a: { class: Open, for_each: { over: x }, inputs: { x: { from: b.papers } }, repeat: { max: 3, carry: { y: item } } }",
    [],
  ],
  [
    "the list of a map",
    "steps:\n  b: { class: Search }\n  a: { class: Open, for_each: { over: x }, inputs: { x: { from: b.papers } }, repeat: { max: 3, carry: { y: x } } }",
    ["E_CONFLICT 4"],
  ],
];

describe.each([
  ["queues", queues],
  ["triggers", triggers],
  ["firings", firings],
  ["triggers that start runs", starts],
  ["cycles", cycles],
  ["waiting", waits],
  ["undoing", undoing],
  ["loops", loops],
])("diagnostics of %s", (_group, rows) => {
  it.each(rows)("%s: code and line", async (_title, text, expected) => {
    expect(await brief(text)).toEqual(expected);
  });
});

describe("diagnostics of what is not there yet", () => {
  it("an executor of a later version: no fault of the document, and its runs say that another stands in", async () => {
    const text = "steps:\n  a: { class: Search }\nexecutor: { class: ParslExecutor, config: {} }";
    expect(await brief(text)).toEqual([]);
    const { plan } = await compileText(`name: bad\n${text}`, { definitions: labSteps });
    expect(plan?.standIns).toEqual([
      expect.stringMatching(/^ParslExecutor is not there yet .*: steps run in processes/),
    ]);
    expect(plan?.workflows[0]?.nodes[0]?.step?.executor).toBe("process");
  });
});
