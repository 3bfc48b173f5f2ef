import type { RunTrace } from "./trace.js";

/** The time a ready step had to wait before it started. */
export type WhyTurn = { readonly waitedMs: number; readonly reason: string };

/** Null when it started at once. */
export function turnOf(run: RunTrace, node: number, readyAt: number, startedAt: number): WhyTurn | null {
  const waitedMs = startedAt - readyAt;
  if (waitedMs <= 0) return null;
  return { waitedMs, reason: reasonOf(run, node, startedAt) };
}

function reasonOf(run: RunTrace, node: number, startedAt: number): string {
  const before = lastEnded(run, node, startedAt);
  const after = before === undefined ? "" : `, after ${before}`;
  const depth = run.plan.nodes[node]?.depth ?? 0;
  switch (run.plan.strategy) {
    case "sequential":
      return `its turn: sequential runs one activation at a time${after}`;
    case "parallel":
      return depth === 0
        ? `resources or a free worker${after}`
        : `group ${depth + 1}: parallel starts it when all of group ${depth} has settled, resources allowing${after}`;
    case "graph":
    case "event_driven":
      return `resources or a free worker${after}`;
  }
}

/** The step of the same run that ended last before a time. */
function lastEnded(run: RunTrace, node: number, before: number): string | undefined {
  let name: string | undefined;
  let latest = Number.NEGATIVE_INFINITY;
  for (const [other, list] of run.activations.entries()) {
    const ended = other === node ? null : (list?.at(-1)?.endedAt ?? null);
    if (ended === null || ended > before || ended < latest) continue;
    latest = ended;
    name = run.plan.nodes[other]?.name;
  }
  return name;
}
