// One load on one engine: what came of it, what it took, and how the heap grew meanwhile.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRuntime } from "@nanobrain/engine";
import { loadDocuments } from "./load-documents.mjs";
import { loadSteps, taken } from "./load-steps.mjs";

const [folder, what, size, place, planted] = process.argv.slice(2);
const count = Number(size);
const document = join(folder, `${what}.yml`);
writeFileSync(document, `name: ${what}\nexecution_strategy: event_driven\n${loadDocuments[what](count)}`);
const store = place === "disk" ? join(folder, "store") : "memory";
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const runtime = await createRuntime({ store, steps: loadSteps });
const loaded = await runtime.load(document);
if (loaded.plan === undefined) throw new TypeError(JSON.stringify(loaded.diagnostics.slice(0, 3)));
const inputs = what === "map" ? { items: Array.from({ length: count }, (_, index) => index) } : {};
const began = process.cpuUsage();
const beganMs = performance.now();

/** Heap after a collection, by the number of events so far. */
const heap = [];
let events = 0;
const kept = [];
const watched = globalThis.gc === undefined ? undefined : Math.ceil((count * 5) / 20);
const hear = (run) =>
  run.listen((event) => {
    events++;
    if (planted === "leak") kept.push(event.seq);
    if (watched === undefined || events % watched !== 0) return;
    globalThis.gc();
    heap.push([events, process.memoryUsage().heapUsed]);
  });

const one = async () => {
  const run = await runtime.start(loaded, inputs);
  if (what !== "runs") hear(run);
  return run.result();
};
const results = await Promise.all(Array.from({ length: what === "runs" ? count : 1 }, one));
const { user, system } = process.cpuUsage(began);
const [first] = results;
say({
  completed: results.filter(({ status }) => status === "completed").length,
  failure: first.failures[0]?.failure.message,
  outputs: what === "poison" ? first.outputs : undefined,
  outputBytes: what === "huge" ? first.outputs.out?.length : first.outputs.out?.size_bytes,
  isOrdered: taken.isOrdered,
  taken: taken.count,
  events,
  heap,
  cpuMs: (user + system) / 1000,
  wallMs: performance.now() - beganMs,
  peakBytes: process.resourceUsage().maxRSS * 1024,
});
await runtime.close();
