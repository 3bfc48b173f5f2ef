import { describe, expect, it } from "vitest";
import { briefLab as brief, checkLab as check } from "../testing/lab-steps.js";

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

describe.each([
  ["queues", queues],
  ["triggers", triggers],
])("diagnostics of %s", (_group, rows) => {
  it.each(rows)("%s: code and line", async (_title, text, expected) => {
    expect(await brief(text)).toEqual(expected);
  });
});

describe("diagnostics of what is not there yet", () => {
  it("an executor of a later version: named, and another stands in", async () => {
    const text = "steps:\n  a: { class: Search }\nexecutor: { class: ParslExecutor, config: {} }";
    expect(await brief(text)).toEqual(["W_EXECUTOR 4"]);
    expect((await check(text))[0]?.message).toContain("ParslExecutor is not there yet");
  });
});
