import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRuntime, type RunEvent } from "@nanobrain/engine";
import { type Ended, inFolder, runChild, startChild } from "./children.js";

/** What one process of `ask.mjs` says. */
type Said = {
  readonly ready?: true;
  readonly event?: string;
  readonly answer?: string;
  readonly code?: string;
  readonly message?: string;
};

/** What several processes ask of one run at once, and the event of its journal that may come of it once. */
const events = {
  start: "run.created",
  resume: "run.taken",
  answer: "wait.answered",
  pause: "run.paused",
  cancel: "run.cancelled",
} as const;

export type Duplicate = keyof typeof events;
export const duplicates = Object.keys(events) as readonly Duplicate[];

const asked = `name: asked
steps:
  work: { class: Work }
`;
const person = `  approve: { class: ApprovalStep, depends_on: [work], config: { question: "Go on?" } }
`;

/** `count` processes ask the same of one run at once: what is wrong with what came of it. */
export function duplicateFaults(kind: Duplicate, count = 5): Promise<readonly string[]> {
  return inFolder(async (folder) => {
    const waits = kind === "answer" || kind === "pause" || kind === "cancel";
    writeFileSync(join(folder, "asked.yml"), waits ? `${asked}${person}` : asked);
    const driver = kind === "start" ? undefined : await begun(folder, kind);
    const ask = () => runChild<Said>("ask.mjs", [folder, kind], { boundMs: 120_000 });
    const all = await Promise.all(Array.from({ length: count }, ask));
    if (waits) driver?.process.kill("SIGKILL");
    await driver?.ended;
    return judged(folder, kind, all);
  });
}

/** A run that waits for a person, or whose process was killed at its work. */
async function begun(folder: string, kind: Duplicate) {
  const driver = startChild<Said>("ask.mjs", [folder, "drive"], { boundMs: 120_000 });
  await driver.until(({ event }) => event === (kind === "resume" ? "attempt.started" : "attempt.suspended"));
  if (kind === "resume") driver.process.kill("SIGKILL");
  if (kind === "resume") await driver.ended;
  return driver;
}

async function judged(folder: string, kind: Duplicate, all: readonly Ended<Said>[]): Promise<readonly string[]> {
  const runtime = await createRuntime({ store: join(folder, "store") });
  try {
    const runs = await runtime.store.runs();
    const { events: journal } = await runtime.look("asked");
    return [
      ...countFaults(kind, journal),
      ...toldFaults(kind, all),
      ...workFaults(folder, journal, kind),
      ...(runs.length === 1 ? [] : [`${runs.length} runs`]),
    ];
  } finally {
    await runtime.close();
  }
}

function countFaults(kind: Duplicate, journal: readonly RunEvent[]): readonly string[] {
  const count = journal.filter(({ type }) => type === events[kind]).length;
  const gaps = journal.filter(({ seq }, index) => seq !== index + 1).length;
  return [
    ...(count === 1 ? [] : [`${events[kind]} is there ${count} times`]),
    ...(gaps === 0 ? [] : [`I2: ${gaps} events out of place`]),
  ];
}

/** Who was refused was told so by a code of the catalogue; somebody was told yes. */
function toldFaults(kind: Duplicate, all: readonly Ended<Said>[]): readonly string[] {
  const answers = all.map(({ said }) => said.find(({ answer, code }) => answer !== undefined || code !== undefined));
  const faults = all.flatMap(({ end, errors }) => (end === 0 ? [] : [`a process ended with ${end}: ${errors}`]));
  const odd = answers.filter((one) => one?.code !== undefined && !/^E_(RUN|ANSWER|STORE_BUSY)/.test(one.code));
  const yes = answers.filter((one) => one?.answer !== undefined && one.answer !== "nothing").length;
  const most = kind === "start" || kind === "resume" ? all.length : 1;
  return [
    ...faults,
    ...odd.map((one) => `somebody was told ${one?.code} ${one?.message}`),
    ...(yes >= 1 && yes <= most ? [] : [`${yes} of ${all.length} were told yes`]),
  ];
}

/** Each attempt that the journal has did its work once, nobody else did any. */
function workFaults(folder: string, journal: readonly RunEvent[], kind: Duplicate): readonly string[] {
  const path = join(folder, "witness");
  const done = existsSync(path) ? readFileSync(path, "utf8").trim().split("\n") : [];
  const started = journal.filter(({ type }) => type === "attempt.started").length;
  const most = kind === "start" ? 1 : started;
  return done.length <= most && new Set(done).size === 1
    ? []
    : [`work was done ${done.length} times, ${done.join(", ")}`];
}
