import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { isAsked, judge, lines, look, nothingSeen, type Seen, type Verdict } from "./judge.js";
import { childDoes, type Program, workerDoes } from "./processes.js";

/** Kills real processes and judges what they leave behind. */

const here = import.meta.dirname;

/** A run that reacts gets about so far with one file; the other arrives while it is dead, or is there from the start. */
const LATE = 20;

/** The twelve shapes that are promised for, and some that mix them. */
export const shapes = [
  "chain",
  "fan",
  "diamond",
  "branch",
  "queue",
  "loop",
  "timer",
  "retry",
  "stopped",
  "rollback",
  "nested",
  "agent",
  "mixed",
  "waiting",
  "reacting",
  "asking",
  "lone",
  "plain",
  "handed",
] as const;
export type Shape = (typeof shapes)[number];

export type Outcome = Verdict & { readonly kills: number };

export type Attack = Program & {
  /** Event numbers: the process kills itself when it hears of one; one per process. */
  readonly kills?: readonly number[];
  /** Put before the commands of the first processes, such as strace with an injected kill. */
  readonly tracers?: readonly (readonly string[])[];
  /** Processes that had ended before, at any moment. */
  readonly deaths?: number;
  /** A bug of `planted.mjs`, or `effect-unrecorded`. */
  readonly planted?: string;
};

/** A new folder with the documents of all shapes, in memory where the system has a place for that: killed processes leave both alike. */
export function rigFolder(): string {
  const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "nanobrain-crash-"));
  cpSync(join(here, "shapes"), folder, { recursive: true });
  return folder;
}

/** Starts a run, kills its processes as told, resumes it until it has finished, and judges. */
export async function crash(shape: Shape, attack: Attack = {}): Promise<Outcome> {
  const folder = rigFolder();
  try {
    const early = (attack.kills?.[0] ?? LATE) < LATE;
    drop(folder, early ? ["a.txt"] : ["a.txt", "b.txt"]);
    return await driven(folder, shape, attack, nothingSeen);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Goes on with what is in a folder until the run has finished, and judges. `seen`: what is known of its past. */
export async function driven(folder: string, shape: Shape, attack: Attack, seen: Seen): Promise<Outcome> {
  const { kills = [], tracers = [], planted = "", deaths = 0, ...program } = attack;
  const problems: string[] = [];
  const document = `${shape}.yml`;
  let killed = 0;
  let now = seen;
  const rounds = Math.max(kills.length, tracers.length) + (shape === "waiting" ? 60 : 1);
  for (let round = 0; round <= rounds && lines(folder, "finished").length === 0; round++) {
    if (round > 0) drop(folder, ["b.txt"]);
    // Its moments are further apart than a process of the rig takes.
    if (shape === "waiting" && round > kills.length) await delay(20);
    const mode = now.journal === undefined ? "run" : "resume";
    const task = { folder, document, mode, killAt: kills[round] ?? 0, planted } as const;
    const isKilled = task.killAt > 0 || tracers[round] !== undefined;
    const end = isKilled
      ? await childDoes(task, program, tracers[round])
      : await workerDoes(task, program, planted === "" ? 60_000 : 8000);
    if (end === "SIGKILL" || end.startsWith("137")) killed++;
    else if (end !== "0") problems.push(`process ended with ${end.slice(0, 2000)}`);
    now = await look(folder, now, problems);
    if (isAsked(now.journal)) {
      const end = await childDoes({ folder, document, mode: "answer" }, program);
      if (end !== "SIGKILL") problems.push(`the answering process did not die as told: ${end}`);
      now = await look(folder, now, problems);
      if (isAsked(now.journal)) problems.push("an answer was acknowledged and lost");
    }
  }
  return { ...(await judge(folder, now, killed + deaths, problems)), kills: killed };
}

/** Files that arrive in the watched folder, each once. */
export function drop(folder: string, names: readonly string[]): void {
  mkdirSync(join(folder, "inbox"), { recursive: true });
  for (const name of names) {
    if (existsSync(join(folder, "inbox", name))) continue;
    writeFileSync(join(folder, name), name);
    renameSync(join(folder, name), join(folder, "inbox", name));
  }
}

/** Points two at a time: the machine has two cores. */
export async function each<T>(points: readonly T[], work: (point: T) => Promise<void>): Promise<void> {
  const queue = [...points];
  const lane = async (): Promise<void> => {
    for (let point = queue.shift(); point !== undefined; point = queue.shift()) await work(point);
  };
  await Promise.all([lane(), lane()]);
}

export const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
