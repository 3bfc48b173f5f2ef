import { expect, it } from "vitest";
import { compileText } from "../testing/compile-text.js";
import { CYCLE_BOUND, NO_BOUND } from "./fed-back.js";

it("max_activations: a default bound for steps that lead to themselves, over links or triggers, and for no others", async () => {
  const { plan } = await compileText(`
name: loops
execution_strategy: event_driven
completion: manual
input_data_units: { seed: { class: DataUnitMemory } }
steps:
  head: { class: TransformStep, config: { expression: x + 1 }, inputs: { x: { from: seed, merge: each } }, outputs: { n: {} } }
  watched: { class: TransformStep, config: { expression: "1" }, inputs: { v: { optional: true } }, outputs: { n: {} } }
  after: { class: TransformStep, config: { expression: n }, inputs: { n: { from: head.n } }, outputs: { m: {} } }
  own: { class: TransformStep, config: { expression: n }, max_activations: 7, inputs: { n: { from: head.n } }, outputs: { m: {} } }
links:
  back: { class: ConditionalLink, config: { source: head.n, target: head.x, condition: "value < 3" } }
triggers:
  again: { class: DataUpdatedTrigger, config: { watch_data_units: [watched.n], step_targets: [watched.v] } }
`);
  const root = plan?.workflows[0];
  const bounds = root?.steps.map((node) => [root.nodes[node]?.name, root.nodes[node]?.step?.maxActivations]);
  expect(bounds).toEqual([
    ["head", CYCLE_BOUND],
    ["watched", CYCLE_BOUND],
    ["after", NO_BOUND],
    ["own", 7],
  ]);
});
