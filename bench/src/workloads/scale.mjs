// Scale: the time that ten times the work takes. Adapter: runs(dir, count), events(dir, count), items(dir, count) -> {ms}; all check what was done.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const nodeArgs = ["--max-old-space-size=6000"];
export const shapes = [
  ...[1, 10, 100, 1000, 10_000].map((count) => ({ name: `runs-${count}`, kind: "runs", count, nodeArgs })),
  ...[10, 100, 1000, 10_000, 100_000, 1_000_000].map((count) => ({
    name: `events-${count}`,
    kind: "events",
    count,
    nodeArgs,
    rounds: count < 1_000_000 ? undefined : 1,
  })),
  { name: "items-1000000", kind: "items", count: 1_000_000, nodeArgs, rounds: 1 },
];
export const columns = ["ms", "µs each"];
export const key = "ms",
  floor = "none";

export async function measure(contestant, { kind, count }) {
  const dir = mkdtempSync(path.join(process.env.BENCH_DATA ?? tmpdir(), "peer-bench-"));
  try {
    const { ms } = await contestant[kind](dir, count);
    return { ms, "µs each": (ms * 1000) / count };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
