// begin: runs n steps in 100 lanes, and one that fails. Else: goes on with that run, in which the last step fails again.
import { readFileSync, writeFileSync } from "node:fs";
import { Node, setNodes } from "../../lib/graph-workflow.mjs";
import { createRuntime } from "../../lib/ours.mjs";

const [store, count, begin] = process.argv.slice(2);
const n = Number(count);
let runs = 0;
const fails = () => Promise.reject(new Error("not yet"));
const works = async () => {
  runs++;
};
setNodes(Array.from({ length: n + 1 }, (_, node) => (node === n ? fails : works)));
const runtime = await createRuntime({ store, steps: [Node], environment: {} });
const run = begin === undefined ? await runtime.resume(readFileSync("run", "utf8")) : await first();
const { status } = await run.result();
const wanted = begin === undefined ? 0 : n;
if (status !== "failed" || runs !== wanted) throw new Error(`Error ${status}, ${runs} steps run, not ${wanted}`);
await runtime.close();

async function first() {
  const { loadGraph } = await import("../../lib/graph-document.mjs");
  const { fromEdges } = await import("../../lib/graph.mjs");
  const lanes = Array.from({ length: Math.max(0, n - 100) }, (_, i) => [i, i + 100]);
  const ends = Array.from({ length: Math.min(100, n) }, (_, i) => [n - 1 - i, n]);
  const begun = await runtime.start(await loadGraph(runtime, fromEdges(n + 1, [...lanes, ...ends])), {});
  writeFileSync("run", begun.id);
  return begun;
}
