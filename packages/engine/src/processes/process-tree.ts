import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

/**
 * Who owns what: `runProgram` starts each program as the leader of a process group of its own; this file ends the group.
 * T1. Nothing of a group is left when `endGroup` resolves, unless the system refuses to end it.
 * T2. On Linux, processes that left the group are found by the mark in their environment and ended too. What escapes: one
 *     that left the group and wiped its environment, or got a number below its ancestor's because numbers started over;
 *     on other systems, each that left the group.
 */
export const markVariable = "NANOBRAIN_ATTEMPT";

const pollMs = 20;
const afterKillMs = 2_000;
const maxSweeps = 20;

/** Sends a signal to a whole process group. False: nobody is left in it. */
export function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-pid, signal);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Ends a group: asks with SIGTERM, and after `graceMs` ends it with SIGKILL, with everything that carries `mark`. */
export async function endGroup(pid: number, mark: string, graceMs: number): Promise<void> {
  if (groupLives(pid)) {
    signalGroup(pid, "SIGTERM");
    await waitForEnd(pid, graceMs);
  }
  if (groupLives(pid)) {
    signalGroup(pid, "SIGKILL");
    await waitForEnd(pid, afterKillMs);
  }
  await endMarked(pid, mark);
}

async function waitForEnd(pid: number, limitMs: number): Promise<void> {
  const until = performance.now() + limitMs;
  while (performance.now() < until && groupLives(pid)) await delay(pollMs);
}

/** Whether a process of the group still runs; one that has ended and waits for its parent to notice does not count. */
export function groupLives(pid: number): boolean {
  if (!signalGroup(pid, 0)) return false;
  const all = processIds();
  return all === undefined || all.some((id) => isRunningIn(id, pid));
}

function isRunningIn(id: number, group: number): boolean {
  const text = readOrNothing(`/proc/${id}/stat`);
  // The name, in parentheses, may hold anything: the fields that follow it are counted from its end.
  const [state, , groupOfIt] = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return Number(groupOfIt) === group && state !== "Z" && state !== "X";
}

/** Ends what was started after `pid` and carries the mark, sweep by sweep, as it may fork meanwhile. */
export async function endMarked(pid: number, mark: string): Promise<void> {
  for (let sweep = 0; sweep < maxSweeps; sweep++) {
    const found = markedProcesses(pid, mark);
    if (found.length === 0) return;
    for (const id of found) endProcess(id);
    await delay(pollMs);
  }
}

function endProcess(id: number): void {
  try {
    process.kill(id, "SIGKILL");
  } catch {
    // It has ended by itself meanwhile.
  }
}

/** Processes started after `pid` whose environment holds the mark. Numbers are given out in rising order. */
function markedProcesses(pid: number, mark: string): readonly number[] {
  const entry = `${markVariable}=${mark}`;
  return (processIds() ?? []).filter(
    (id) => id > pid && readOrNothing(`/proc/${id}/environ`).split("\0").includes(entry) && !isZombie(id),
  );
}

function isZombie(id: number): boolean {
  const text = readOrNothing(`/proc/${id}/stat`);
  return /^ [ZX] /.test(text.slice(text.lastIndexOf(")") + 1));
}

function processIds(): readonly number[] | undefined {
  if (process.platform !== "linux") return undefined;
  try {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return undefined;
  }
}

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
