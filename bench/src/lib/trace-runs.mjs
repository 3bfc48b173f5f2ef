// Traces as workflows of ours: a class for each type of task, a step for each task, the whole engine on a simulated clock.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createRuntime, defineStep, defineWorkflow, engineModule, load } from "./ours.mjs";
import { passTime, simulatedLanes } from "./simulated-lanes.mjs";

const { SimulatedClock } = await engineModule("testing/simulated-clock.js");

/** Runs traces one after the other on P lanes, in one store; answers the makespan of each. What earlier runs showed is known to later ones. */
export async function runInTurn(traces, P) {
  const folder = mkdtempSync(path.join(process.env.BENCH_DATA ?? tmpdir(), "peer-bench-traces-"));
  const clock = new SimulatedClock();
  let durations = new Map();
  const lanes = simulatedLanes(clock, P, (step) => durations.get(step));
  const runtime = await createRuntime({
    store: `${folder}/store`,
    clock,
    executors: { thread: lanes },
    environment: {},
  });
  try {
    const makespans = [];
    for (const trace of traces) {
      durations = new Map(Array.from(trace.dur, (seconds, at) => [`t${at}`, Math.round(seconds * 1000)]));
      const loaded = await load(runtime, workflowOf(trace));
      makespans.push((await passTime(runtime, clock, lanes, await runtime.start(loaded, {}))) / 1000);
    }
    return makespans;
  } finally {
    await runtime.close({ drainMs: 0 });
    rmSync(folder, { recursive: true, force: true });
  }
}

const workflows = new Map();
const classes = new Map();

function workflowOf(trace) {
  const made = workflows.get(trace.name) ?? defineWorkflow({ name: wordOf(trace.name), steps: stepsOf(trace) });
  workflows.set(trace.name, made);
  return made;
}

function stepsOf(trace) {
  const step = (_, at) => {
    const from = trace.preds[at].map((before) => `t${before}.out`);
    const inputs = from.length === 0 ? {} : { inputs: { in: { from, merge: "list" } } };
    return [
      `t${at}`,
      { class: classOf(trace.type[at]), executor: "thread", cache: "off", outputs: ["out"], ...inputs },
    ];
  };
  return Object.fromEntries(Array.from({ length: trace.n }, step));
}

function classOf(type) {
  const name = `trace.${wordOf(type)}`;
  const known = classes.get(name);
  if (known !== undefined) return known;
  const made = defineStep({ class: name, version: "1", run: () => ({ out: 1 }) });
  classes.set(name, made);
  return made;
}

const wordOf = (text) => `t${text.replace(/[^A-Za-z0-9]/g, "_")}`;
