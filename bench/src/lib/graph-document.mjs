// A graph past the bounds of documents (10,000 steps, 50,000 values), given to the same compiler without its text.
import { createHash } from "node:crypto";
import { engineModule } from "./ours.mjs";

const { compilePlan } = await engineModule("plan/compile-plan.js");
const place = { file: "graph", line: 1, column: 1 };
const places = {
  of: () => place,
  inside: () => place,
  diagnostic: (severity, code, path, message) => ({ ...place, severity, code, path: path.join("."), message }),
};
const recovery = {
  maxRetries: 3,
  retryDelayMs: 1000,
  timeoutMs: null,
  rollbackOnFailure: false,
  preservePartialResults: true,
};
const monitoring = {
  progressTracking: true,
  checkpointIntervalMs: null,
  metricsCollection: true,
  realTimeUpdates: true,
  performanceOptimization: true,
};

/** What `runtime.load` would answer. */
export async function loadGraph(runtime, graph) {
  const hash = (text) => createHash("sha256").update(text).digest("hex");
  const { plan, diagnostics } = await compilePlan(documentOf(graph), runtime.registry, { modules: false, hash });
  if (plan === undefined) throw new Error(`Error ${JSON.stringify(diagnostics[0])}`);
  return { plan, diagnostics, project: process.cwd(), phases: {}, compiled: false };
}

function documentOf(graph) {
  const links = [];
  for (let node = 0; node < graph.n; node++) for (const before of graph.preds(node)) links.push(link(before, node));
  const common = { className: "Workflow", strategy: "graph", errorHandling: "stop", recovery, hooks: {}, monitoring };
  const steps = Array.from({ length: graph.n }, (_, node) => step(graph, node));
  const rest = { completion: "quiescent", units: [], triggers: [], pools: {}, metadata: {} };
  return { file: "graph", places, name: "graph", ...common, ...rest, steps, links };
}

function step(graph, node) {
  const path = ["steps", `s${node}`];
  const common = { resources: {}, checkpoint: false, dependsOn: [], whenAbsent: "skip", concurrency: 1, outputs: [] };
  const several = graph.predOff[node + 1] - graph.predOff[node] > 1;
  const port = { port: "in", constant: false, hold: false, merge: "list", path: [...path, "inputs", "in"] };
  const component = { className: "bench.Node", config: { node }, path, configPath: [...path, "config"] };
  return { ...component, ...common, name: `s${node}`, cache: "off", inputs: several ? [port] : [] };
}

function link(from, to) {
  const name = `l${from}_${to}`;
  const path = ["links", name];
  const config = { source: `s${from}.out`, target: `s${to}.in` };
  return { className: "DirectLink", config, path, configPath: [...path, "config"], name, short: false };
}
