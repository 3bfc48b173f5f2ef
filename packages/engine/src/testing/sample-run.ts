import type { RunRecord, Store } from "../contracts/store.js";
import type { RunEvent } from "../kernel/event.js";
import type { Plan } from "../plan/plan.js";

/** A plan without steps: stores keep plans and never look inside. */
export const samplePlan: Plan = {
  format: 1,
  hash: "0123456789abcdef".repeat(4),
  name: "Sample",
  file: "sample.yml",
  workflows: [],
  pools: [{ name: "cpu", size: -1 }],
  demands: [[1]],
  executors: {},
  hooks: {},
  monitoring: { "ключ \u0000 \u2028 ''": [1.5, -3, 9007199254740991, null, true] },
  warnings: [],
} as unknown as Plan;

export function sampleRecord(id: string, changes: Partial<RunRecord> = {}): RunRecord {
  const fixed = {
    workflow: "sample",
    planHash: samplePlan.hash,
    status: "running",
    createdAt: 1_700_000_000_000,
  } as const;
  return { id, name: `name-of-${id}`, ...fixed, endedAt: null, lastSeq: 0, ...changes };
}

/** `count` events numbered from `first` on. */
export function sampleEvents(first: number, count: number): readonly RunEvent[] {
  return Array.from({ length: count }, (_unused, at) => ({
    seq: first + at,
    at: 1_700_000_000_000 + first + at,
    type: "attempt.succeeded",
    run: 0,
    node: (first + at) % 5,
    n: 1,
    c: 0,
    id: first + at,
    out: {
      result: {
        json: { text: `value ${first + at} "quoted" – ünï \u0000`, list: [first + at, null, (first + at) / 3] },
      },
    },
    links: [1, 0, { closed: "a < 3 is false" }],
  }));
}

/** Creates a run of two events, or of `events`. */
export async function startRun(
  store: Store,
  id: string,
  changes: Partial<RunRecord> & { readonly events?: readonly RunEvent[] } = {},
): Promise<void> {
  const { events = sampleEvents(1, 2), ...record } = changes;
  await store.create({ runId: id, record: sampleRecord(id, record), plan: samplePlan, events });
}
