// A graph of lib/graph.mjs as a workflow: each node a step, each edge a link that carries what the step before it returned.
import { defineStep, defineWorkflow } from "./ours.mjs";

let steps = [];

/** What the nodes do from now on. */
export function setNodes(functions) {
  steps = functions;
}

const done = { out: true };
const toOutputs = () => done;

/** A step of a graph; its ports are those that links name. */
export const Node = defineStep({
  class: "bench.Node",
  version: "1",
  run: ({ config }) => steps[config.node]().then(toOutputs),
});

/** One link into the port `in` for each edge; several into one port arrive as a list. */
export function graphWorkflow(graph) {
  return defineWorkflow({
    name: "graph",
    execution_strategy: "graph",
    steps: Object.fromEntries(Array.from({ length: graph.n }, (_, node) => [`s${node}`, stepOf(graph, node)])),
  });
}

function stepOf(graph, node) {
  const from = Array.from(graph.preds(node), (before) => `s${before}.out`);
  const step = { class: Node, config: { node }, cache: "off" };
  if (from.length === 0) return step;
  return { ...step, inputs: { in: from.length === 1 ? { from: from[0] } : { from, merge: "list" } } };
}
