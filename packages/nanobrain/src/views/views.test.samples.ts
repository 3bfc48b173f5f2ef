import type {
  FailureFact,
  Progress,
  RunSummary,
  StepProgress,
  StepSummary,
  WhyReport,
} from "@nanobrain/engine/observe";
import type { Finding } from "../doctor/finding.js";
import type { RunRow } from "./runs-table.js";

export const now = 1_700_000_010_000;

function step(name: string, status: StepProgress["status"], more: Partial<StepProgress> = {}): StepProgress {
  const started = status === "pending" || status === "waiting" || status === "ready" ? null : now - 8100;
  const ended = status === "succeeded" || status === "failed" || status === "skipped" ? now - 4100 : null;
  const counts = { done: 0, count: 1, retried: 0, cached: 0, activations: 1, idleMs: 0, queued: 0 };
  const base = { ...counts, etaMs: null, etaErrorMs: null, note: "" };
  return { name, status, startedAt: started, endedAt: ended, ...base, ...more };
}

export const progress: Progress = {
  status: "running",
  settled: 3,
  total: 9,
  running: 4,
  startedAt: now - 8100,
  endedAt: null,
  steps: [
    step("search", "succeeded", { note: "96 papers" }),
    step("collect", "succeeded", { done: 96, count: 96, cached: 90 }),
    step("read", "running", { done: 41, count: 71, retried: 2, etaMs: 6000, etaErrorMs: 2000 }),
    step("extract-features-from-supplementary-images", "retrying", { retried: 1, note: "retry 1: network" }),
    step("文献分析", "running", { note: "2 of 5 inner steps" }),
    step("grade", "failed", { note: "E_STEP Step failed: the model gave no number\u001b[31m" }),
    step("announce", "skipped", { note: "url is absent" }),
    step("count", "running", { count: null }),
    step("report", "waiting", { note: "waiting for read.notes, grade.score and 2 more" }),
  ],
  gates: [
    { name: "good", condition: "quality > 0.7", outcome: "open", reason: "quality > 0.7 → true (0.83)" },
    { name: "bad", condition: "quality <= 0.7", outcome: "closed", reason: "quality <= 0.7 → false (0.83)" },
    { name: "later", condition: "score > 1", outcome: "unknown", reason: "" },
  ],
  triggers: [],
  queues: [],
  rollbacks: { count: 0, rolling: false, reason: "" },
};

const done: StepSummary = { status: "succeeded", attempts: 1, activations: 1, duration_ms: 1000, cached: false };
const failure = {
  kind: "network",
  code: "E_HTTP_STATUS",
  message: "GET http://127.0.0.1:8080/papers answered 429: too many requests",
  hint: "Set max_per_minute: 30 on this agent.",
  cause: { kind: "network", code: "E_STEP", message: "rate limit (60 per minute, free in 42 s)" },
} as const;

export const summary: RunSummary = {
  run_id: "01JD7K3WZZZZZZZZZZZZZZZZZZ",
  name: "brave-franklin",
  workflow: "review",
  plan_hash: "f".repeat(64),
  status: "failed",
  steps: {
    search: done,
    collect: { ...done, cached: true },
    clean: done,
    read: { ...done, status: "failed", attempts: 3, error: failure },
    report: { status: "pending", attempts: 0, activations: 0, duration_ms: 0, cached: false },
  },
  failures: [{ step: "read[41]", failure, handling: "stop" }],
  warnings: [
    { code: "W_ABSENT", message: "Output summary has no value" },
    { code: "W_ABSENT", message: "Output summary has no value" },
    { code: "W_ODD", message: "A second\nline" },
  ],
  duration_ms: 21_300,
};

export const facts: readonly FailureFact[] = [
  {
    step: "read[41]",
    failure,
    handling: "stop",
    place: { file: "review.yml", line: 31, column: 3 },
    attempts: ["429", "429", "429"],
    waitsMs: [1000, 2000],
    inputs: ["read[41].paper"],
  },
];

const plainAttempt = { round: null, judged: null, waited: null } as const;
export const why: WhyReport = {
  firing: null,
  activations: [],
  activationCount: 1,
  queues: [],
  waits: [],
  rollbacks: [],
  step: "read",
  kind: "step",
  class: "nanobrain.core.step.HttpStep",
  place: { file: "review.yml", line: 31, column: 3 },
  strategy: "graph",
  run: { id: summary.run_id, name: summary.name, status: "failed", startedAt: now - 20_000 },
  status: "skipped",
  verdict: { did: "skipped", reason: "papers is absent" },
  needs: [
    {
      kind: "order",
      from: "setup",
      port: null,
      link: null,
      place: null,
      outcome: "settled",
      reason: "",
      at: now - 19_500,
      waitedMs: 500,
      count: 1,
      closed: false,
    },
    {
      kind: "link",
      from: "clean.papers",
      port: "papers",
      link: "good",
      place: null,
      outcome: "closed",
      reason: "quality > 0.7 → false (0.5)",
      at: now - 9000,
      waitedMs: 11_000,
      count: 1,
      closed: false,
    },
    {
      kind: "link",
      from: "late.x",
      port: "x",
      link: "l",
      place: null,
      outcome: "awaited",
      reason: "",
      at: null,
      waitedMs: null,
      count: 0,
      closed: false,
    },
  ],
  readyAt: now - 9000,
  startedAt: now - 8000,
  endedAt: now - 1000,
  turn: { waitedMs: 1000, reason: "resources or a free worker, after clean" },
  absent: {
    port: "papers",
    causes: [
      {
        at: "clean",
        kind: "skipped",
        reason: "rows is absent",
        place: { file: "review.yml", line: 20, column: 3 },
        causes: [
          {
            at: "good",
            kind: "closed",
            reason: "quality > 0.7 → false (0.5)",
            place: { file: "review.yml", line: 60, column: 3 },
            causes: [],
          },
        ],
      },
    ],
  },
  attempts: [
    {
      ...plainAttempt,
      item: 3,
      attempt: 1,
      fallback: false,
      startedAt: now - 8000,
      endedAt: now - 7000,
      outcome: "failed",
      failure,
      usage: null,
      cache: null,
      decision: { kind: "retry", at: now - 7000, dueAt: now - 5000, retry: 1, reason: "network failure, retry 1 of 3" },
      inner: null,
    },
    {
      ...plainAttempt,
      item: 3,
      attempt: 2,
      fallback: true,
      startedAt: now - 5000,
      endedAt: now - 4000,
      outcome: "succeeded",
      failure: null,
      usage: null,
      cache: { key: "k", outcome: "stored", changed: ["config.prompt"] },
      decision: null,
      inner: "read[3]/",
    },
  ],
  items: { count: 71, succeeded: 70, failed: 0, cached: 12, running: 1, retried: 1 },
  outputs: [
    {
      port: "notes",
      given: true,
      routes: [
        {
          link: "l",
          kind: "direct",
          to: "report.notes",
          condition: null,
          outcome: "value",
          reason: "",
          place: { file: "review.yml", line: 1, column: 1 },
        },
        {
          link: "g",
          kind: "conditional",
          to: "publish.notes",
          condition: "score > 0.9",
          outcome: "closed",
          reason: "score > 0.9 → false (0.83)",
          place: { file: "review.yml", line: 1, column: 1 },
        },
      ],
    },
    { port: "log", given: false, routes: [] },
  ],
};

export const runs: readonly RunRow[] = [
  {
    id: "01JD7K3WZZZZZZZZZZZZZZZZZZ",
    name: "brave-franklin",
    workflow: "review",
    planHash: "f",
    status: "running",
    createdAt: now - 20_000,
    endedAt: null,
    lastSeq: 5,
    driven: true,
  },
  {
    id: "01JD7K3WZZZZZZZZZZZZZZZZZY",
    name: "calm-curie",
    workflow: "a-workflow-with-a-very-long-name",
    planHash: "f",
    status: "running",
    createdAt: now - 7_200_000,
    endedAt: null,
    lastSeq: 5,
    driven: false,
  },
  {
    id: "01JD7K3WZZZZZZZZZZZZZZZZZX",
    name: "wise-tesla",
    workflow: "review",
    planHash: "f",
    status: "failed",
    createdAt: now - 80_000,
    endedAt: now - 70_000,
    lastSeq: 5,
    driven: false,
  },
];

export const findings: readonly Finding[] = [
  {
    area: "store",
    subject: "wise-tesla",
    level: "bad",
    text: "E_STORE_DAMAGED Store journal-1.db is damaged: row 17 of events has another checksum",
  },
  { area: "machine", subject: "node", level: "good", text: "20.20.2" },
  { area: "programs", subject: "jq", level: "note", text: "not found; only documents that call it need it" },
];

export const reacting: Progress = {
  ...progress,
  status: "waiting",
  steps: [
    step("load", "succeeded", { activations: 12, idleMs: 3000, note: "3 rows" }),
    step("work", "running", { activations: 5, queued: 42, note: "round 2 of 5 at most" }),
    step("approve", "waiting", { startedAt: now - 5000, note: "Publish\u001b[31m it? (yes | no)" }),
    step("report", "waiting", { note: "waiting for work.result" }),
  ],
  gates: [],
  queues: [
    { name: "rows", waiting: 42, inFlight: 2, dead: 1, entered: 97, capacity: 100 },
    { name: "unused", waiting: 0, inFlight: 0, dead: 0, entered: 0, capacity: 10 },
  ],
  triggers: [
    { name: "inbox", kind: "folder", fired: 12, lastFiredAt: now - 4000, dueAt: null, note: "", status: "listening" },
    {
      name: "hourly",
      kind: "timer",
      fired: 0,
      lastFiredAt: null,
      dueAt: now + 2_460_000,
      note: "",
      status: "listening",
    },
    {
      name: "bad",
      kind: "condition",
      fired: 1,
      lastFiredAt: now - 90_000,
      dueAt: null,
      note: "metrics.run.error_rate > 0.1 → false (0.02)",
      status: "listening",
    },
    { name: "lost", kind: "folder", fired: 0, lastFiredAt: null, dueAt: null, note: "E_PATH no folder", status: "off" },
  ],
  rollbacks: { count: 2, rolling: false, reason: "rows are missing" },
};

const began = now - 20_000;
export const whyReacting: WhyReport = {
  ...why,
  step: "work",
  strategy: "event_driven",
  run: { ...why.run, status: "running" },
  status: "waiting",
  verdict: { did: "suspended", reason: "it waits for an answer: Publish it? (yes | no)" },
  needs: [
    {
      kind: "link",
      from: "load.rows",
      port: "row",
      link: "rows",
      place: null,
      outcome: "value",
      reason: "",
      at: now - 9000,
      waitedMs: 11_000,
      count: 97,
      closed: false,
    },
  ],
  readyAt: null,
  turn: null,
  absent: null,
  items: null,
  firing: { trigger: "now", kind: "manual", by: "mia", at: now - 9000 },
  activationCount: 7,
  activations: [
    { n: 6, status: "succeeded", startedAt: began, endedAt: began + 500, firing: null, emitted: 3 },
    {
      n: 7,
      status: "running",
      startedAt: now - 9000,
      endedAt: null,
      firing: { trigger: "now", kind: "manual", by: "mia", at: now - 9000 },
      emitted: 0,
    },
  ],
  queues: [{ queue: "rows", from: "load.rows", entered: 97, waiting: 42, dead: 1, capacity: 100 }],
  waits: [{ item: null, since: now - 8000, until: null, ask: { question: "Publish it?", choices: ["yes", "no"] } }],
  rollbacks: [{ at: now - 15_000, step: "load", reason: "rows are missing", attempts: 2, undo: { failed: null } }],
  attempts: [
    {
      ...why.attempts[1]!,
      item: null,
      attempt: 1,
      fallback: false,
      round: 1,
      judged: { stop: false, reason: "score > 0.9 → false (0.6)" },
    },
    {
      ...why.attempts[1]!,
      item: null,
      attempt: 2,
      fallback: false,
      round: 2,
      waited: { at: now, by: "answer", who: "mia" },
    },
  ],
};
