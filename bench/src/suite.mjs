// What is measured: everything, or (quick) the floors, ours and a few peers.

const grown = ["grow-chain-100", "grow-chain-1000", "grow-chain-10000", "grow-chain-100000"];
const named = ["chain-1000", "fanout-1000", "layers-50x20", "random-10k-30k"];

export const quick = [
  {
    workload: "w1",
    shapes: named,
    only: ["ours", "floor-promise-all", "p-queue", "p-graph"],
    rounds: 2,
    timeoutMs: 60_000,
  },
  { workload: "w1", shapes: ["chain-1000"], only: ["xstate", "langgraph-loop"], rounds: 1, timeoutMs: 40_000 },
  {
    workload: "w1",
    shapes: [...grown, "grow-random-1000", "grow-random-100000"],
    only: ["ours"],
    rounds: 1,
    timeoutMs: 90_000,
  },
  {
    workload: "w2",
    only: ["ours", "floor-write", "floor-fdatasync", "floor-fdatasync-group", "bullmq-always", "restate", "dbos-pg"],
    rounds: 2,
    timeoutMs: 60_000,
  },
  {
    workload: "w3",
    only: ["ours", "floor-direct", "floor-bounded", "event-emitter", "effect-queue"],
    rounds: 1,
    timeoutMs: 60_000,
  },
  { workload: "w4" },
  {
    workload: "w5",
    shapes: ["200x10ms", "2000x1ms", "20000x0.05ms"],
    only: ["ours", "floor-sab", "piscina"],
    rounds: 2,
    timeoutMs: 60_000,
  },
  {
    workload: "w6",
    only: [
      "ours",
      "ours-first-start",
      "ours-template",
      "ours-ts",
      "node-json",
      "node-e0",
      "lib-effect",
      "lib-langgraph",
      "make",
    ],
    rounds: 5,
  },
  { workload: "w7", only: ["ours", "ours-resume", "floor-stat", "floor-hash", "node-e0", "ninja"], rounds: 3 },
  {
    workload: "w8",
    only: ["ours", "floor-ring", "node-stream", "p-queue", "effect-bounded"],
    rounds: 1,
    timeoutMs: 60_000,
  },
  { workload: "scale", rounds: 1, timeoutMs: 60_000 },
  { workload: "start", n: 100_000, rounds: 2 },
];

export const full = [
  { workload: "w1", rounds: 3, timeoutMs: 60_000 },
  { workload: "w2", rounds: 3 },
  { workload: "w3", rounds: 3 },
  { workload: "w4" },
  { workload: "w5", rounds: 3 },
  { workload: "w6", rounds: 7 },
  { workload: "w7", rounds: 5, timeoutMs: 300_000 },
  { workload: "w8", rounds: 5, timeoutMs: 60_000 },
  { workload: "scale", rounds: 2, timeoutMs: 180_000 },
  { workload: "start", rounds: 2 },
];

/** Workload -> shape -> rows, as far as `measure` can; `measure` is given each part in turn. */
export async function measureAll(parts, measure) {
  const results = {};
  for (const part of parts) {
    const found = await measure(part);
    const known = (results[part.workload] ??= {});
    for (const [shape, rows] of Object.entries(found)) known[shape] = [...(known[shape] ?? []), ...rows];
  }
  return results;
}
