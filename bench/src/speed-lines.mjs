// The lines that a release may not cross (must) and those it fights for (aim).

const ratio = (id, title, unit, place, must, aim) => ({ kind: "ratio", id, title, unit, ...place, must, aim });
const value = (id, title, unit, place, must, aim) => ({ kind: "value", id, title, unit, ...place, must, aim });
const at = (workload, shape, metric, floor, more) => ({ workload, shape, metric, floor, better: "low", ...more });

const w1 = (shape) => at("w1", shape, "µs/step", "floor-promise-all");
const w3 = (shape, metric, more) => at("w3", shape, metric, "floor-direct", more);
const w5 = (shape) => at("w5", shape, "share of ideal", "floor-sab", { better: "high" });
const high = { better: "high" };

const inMemory = [
  ratio("W1 chain", "in memory, chain of 1,000", "µs/step", w1("chain-1000"), 3, 1.5),
  ratio("W1 fan-out", "in memory, fan-out of 1,000", "µs/step", w1("fanout-1000"), 3, 1.5),
  ratio("W1 layers", "in memory, 50 layers of 20", "µs/step", w1("layers-50x20"), 1, 0.5),
  ratio("W1 random", "in memory, random DAG of 10,000", "µs/step", w1("random-10k-30k"), 1, 0.5),
  {
    kind: "growth",
    id: "W1 growth, chain",
    title: "µs/step of 100,000 steps over 1,000, chain",
    unit: "µs/step",
    ...w1("grow-chain-100000"),
    from: "grow-chain-1000",
    must: 2,
    aim: 1.5,
  },
  {
    kind: "growth",
    id: "W1 growth, random",
    title: "µs/step of 100,000 steps over 1,000, random DAG",
    unit: "µs/step",
    ...w1("grow-random-100000"),
    from: "grow-random-1000",
    must: 2,
    aim: 1.5,
  },
  value(
    "W1 memory",
    "live bytes a step of a run of 100,000",
    "B/step",
    { ...w1("grow-chain-100000"), metric: "live B/step" },
    300,
    150,
  ),
];

const durable = [
  ratio(
    "W2 chain",
    "durable, chain of 1,000",
    "µs/step",
    at("w2", "chain-1000", "µs/step", "floor-fdatasync"),
    1.6,
    1.1,
  ),
  ratio(
    "W2 runs",
    "durable, 1,000 runs of 10",
    "µs/step",
    at("w2", "concurrent-1000x10", "µs/step", "floor-fdatasync-group"),
    3,
    1.5,
  ),
  ...[
    ["restate", "chain-1000", "chain of 1,000", 5, 8],
    ["dbos-pg", "chain-1000", "chain of 1,000", 8, 12],
    ["restate", "concurrent-1000x10", "1,000 runs of 10", 60, 150],
    ["dbos-pg", "concurrent-1000x10", "1,000 runs of 10", 90, 200],
  ].map(([peer, shape, title, must, aim]) => ({
    kind: "faster",
    id: `W2 ${peer}, ${shape}`,
    title: `durable, ${title}: times faster than ${peer}`,
    unit: "µs/step",
    ...at("w2", shape, "µs/step"),
    peer,
    must,
    aim,
  })),
];

const events = [
  ratio(
    "W3 events",
    "three stages, at most 1,024 in flight",
    "events/s",
    w3("inflight-1024", "events/s", high),
    0.5,
    0.8,
  ),
  value("W3 idle", "idle event to sink, p99", "µs", w3("inflight-1024", "idle p99 µs"), 10, 3),
  value("W3 burst", "unbounded burst, p99", "ms", w3("pipeline-3x100k", "burst p99 ms"), 5, 2),
];

/** The lines were drawn on 818 cases of 166 traces, where a policy reached `reached`; with other traces they move as that policy does. */
const schedules = [
  ["exact times", 1.028, 1.02, "HEFT (critical path, exact times)", 1.0279],
  ["learnt", 1.06, 1.05, "critical path, learnt mean per type", 1.0573],
  ["nothing known", 1.073, 1.068, "critical path, unit times", 1.0698],
].map(([known, must, aim, policy, reached]) => ({
  ...value(`W4 ${known}`, `makespan over bound, ${known}`, "", at("w4", "traces", "over bound", policy), must, aim),
  contestant: `ours, ${known}`,
  reached,
  digits: 4,
}));

const cores = [
  ["200x10ms", "10 ms", 0.93, 0.98],
  ["2000x1ms", "1 ms", 0.88, 0.96],
  ["20000x0.05ms", "0.05 ms", 0.8, 0.93],
].map(([shape, title, must, aim]) =>
  value(`W5 ${title}`, `share of ideal on 2 cores, steps of ${title}`, "", w5(shape), must, aim),
);

const programs = [
  ratio(
    "W6 start",
    "spawn to first step, second start",
    "ms",
    at("w6", "cold-start", "first step ms", "node-json"),
    1.6,
    1.2,
  ),
  { ...reported("W6 first start", "the same, first start of the document", "ours-first-start") },
  { ...reported("W6 templates", "the same, TemplateSteps on a thread", "ours-template") },
  { ...reported("W6 .ts step", "the same, steps of a .ts module", "ours-ts") },
  ratio("W7 rerun", "rerun of cached file steps", "µs/step", at("w7", "no-op-10k", "µs/step", "floor-stat"), 2, 1.2),
  {
    kind: "above",
    id: "W7 resume",
    title: "resume of 10,000 finished steps, above Node's start",
    unit: "ms",
    ...at("w7", "no-op-10k", "no-op rerun ms", "node-e0"),
    contestant: "ours-resume",
    must: 100,
    aim: 40,
  },
  ratio("W8 queue", "queue link of 1,000,000 items", "ns/item", at("w8", "queue-1M", "ns/item", "floor-ring"), 3, 1.5),
  value("W8 memory", "the same, peak live memory", "MiB", at("w8", "queue-1M", "peak live MiB"), 2, 1),
];

function reported(id, title, contestant) {
  return { kind: "ratio", id, title, unit: "ms", ...at("w6", "cold-start", "first step ms", "node-json"), contestant };
}

const decades = (id, title, workload, prefix, counts, metric) => ({
  kind: "decades",
  id,
  title,
  unit: "x",
  workload,
  shapes: counts.map((count) => `${prefix}${count}`),
  counts,
  metric,
  must: 12,
  aim: 10,
});

const scale = [
  decades(
    "scale steps",
    "time for 10x the steps, 100 to 100,000",
    "w1",
    "grow-chain-",
    [100, 1000, 10_000, 100_000],
    "µs/step",
  ),
  decades("scale runs", "time for 10x the runs, 1 to 10,000", "scale", "runs-", [1, 10, 100, 1000, 10_000], "µs each"),
  decades(
    "scale events",
    "time for 10x the events, 10 to 1,000,000",
    "scale",
    "events-",
    [10, 100, 1000, 10_000, 100_000, 1_000_000],
    "µs each",
  ),
];

const million = {
  kind: "finishes",
  id: "scale million",
  title: "a run of 1,000,000 attempts finishes (one step, mapped)",
  unit: "µs/item",
  ...at("scale", "items-1000000", "µs each"),
};

const start = value(
  "scale start",
  "start with 10,000 open runs and 1,000,000 finished ones (`--quick`: a tenth of both), to the first step",
  "ms",
  at("start", "big-store", "first step ms", "empty-store"),
  15_000,
  5000,
);

export const lines = [
  ...inMemory,
  ...durable,
  ...events,
  ...schedules,
  ...cores,
  ...programs,
  ...scale,
  million,
  start,
];
