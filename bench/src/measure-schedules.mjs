// W4: makespan over the bound, on recorded traces. The policies are simulated; ours is the engine itself, its lanes simulated.

import { bounds, justify, simulate, upwardRank } from "./lib/sched.mjs";
import { geomean, quantile, rng } from "./lib/stats.mjs";
import { folderOfTraces, load } from "./lib/traces.mjs";

const lanesTried = [2, 4, 8, 16, 32];
export const columns = ["over bound", "over simple bound", "p90", "worst", "at bound %", "cases"];
const ours = { none: "ours, nothing known", learnt: "ours, learnt", exact: "ours, exact times" };

/** One shape; rows by policy. Without traces every row says so. */
export async function measureSchedules({ say, only }) {
  if (folderOfTraces() === undefined)
    return {
      traces: Object.values(ours).map((contestant) => ({ contestant, failed: "no traces here (WFINSTANCES_DIR)" })),
    };
  const traces = load()
    .map((trace) => ({ ...trace, dur: trace.dur.map((seconds) => Math.round(seconds * 1000) / 1000) }))
    .filter((trace) => trace.n >= 10 && trace.dur.some((seconds) => seconds > 0));
  const ratios = new Map();
  const withOurs = only === undefined || only.includes("ours");
  for (const trace of traces) {
    for (const P of lanesTried) {
      if (trace.n > P) await measureCase(traces, trace, P, ratios, withOurs);
    }
    say(`w4 ${trace.name} ${trace.n} tasks`);
  }
  const rows = [...ratios].map(([contestant, cases]) => rowOf(contestant, cases));
  return { traces: rows.sort((a, b) => a["over bound"] - b["over bound"]) };
}

async function measureCase(traces, trace, P, ratios, withOurs) {
  const bound = bounds(trace, P);
  const makespans = { ...simulated(traces, trace, P), ...(withOurs ? await ofOurs(traces, trace, P) : {}) };
  for (const [contestant, makespan] of Object.entries(makespans)) {
    if (makespan < bound.tight * (1 - 1e-9)) throw new Error(`Error ${contestant} is faster than the bound`);
    const cases = ratios.get(contestant) ?? [];
    ratios.set(contestant, cases);
    cases.push({ tight: makespan / bound.tight, simple: makespan / bound.simple });
  }
}

async function ofOurs(traces, trace, P) {
  const { runInTurn } = await import("./lib/trace-runs.mjs");
  const [none, exact] = await runInTurn([trace, trace], P);
  const relatives = traces.filter((other) => other.family === trace.family && other !== trace);
  const learnt = relatives.length === 0 ? none : (await runInTurn([...relatives, trace], P)).at(-1);
  return { [ours.none]: none, [ours.learnt]: learnt, [ours.exact]: exact };
}

function simulated(traces, trace, P) {
  const random = rng(7);
  const unit = new Float64Array(trace.n).fill(1);
  const by = (priority) => simulate(trace, P, priority);
  const heft = by(upwardRank(trace, trace.dur));
  const rules = [by(trace.dur), by(new Float64Array(trace.n)), by(upwardRank(trace, unit)), heft];
  const planned = rules.map((rule) => justify(trace, P, rule).makespan);
  return {
    "random order": by(Float64Array.from({ length: trace.n }, random)).makespan,
    "FIFO (most engines)": by(new Float64Array(trace.n)).makespan,
    "critical path, unit times": by(upwardRank(trace, unit)).makespan,
    "critical path, learnt mean per type": by(upwardRank(trace, learntTimes(traces, trace))).makespan,
    "HEFT (critical path, exact times)": heft.makespan,
    "portfolio + double justification, exact times": Math.min(...planned, heft.makespan),
  };
}

/** Means of the task types over the other traces of the family. */
function learntTimes(traces, trace) {
  const sums = new Map();
  for (const other of traces) {
    if (other === trace || other.family !== trace.family) continue;
    for (let i = 0; i < other.n; i++) {
      const sum = sums.get(other.type[i]) ?? { seconds: 0, times: 0 };
      sums.set(other.type[i], { seconds: sum.seconds + other.dur[i], times: sum.times + 1 });
    }
  }
  return Float64Array.from(trace.type, (type) => {
    const sum = sums.get(type);
    return sum === undefined ? 1 : sum.seconds / sum.times;
  });
}

function rowOf(contestant, cases) {
  const tight = cases.map((one) => one.tight);
  return {
    contestant,
    "over bound": geomean(tight),
    "over simple bound": geomean(cases.map((one) => one.simple)),
    p90: quantile(tight, 0.9),
    worst: Math.max(...tight),
    "at bound %": (100 * tight.filter((ratio) => ratio <= 1.001).length) / tight.length,
    cases: tight.length,
  };
}
