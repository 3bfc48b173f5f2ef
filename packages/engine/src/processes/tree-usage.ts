import { readdirSync, readFileSync } from "node:fs";

/** What could be measured of a program; a figure that could not be read is not there. */
export type ProgramUsage = { readonly cpuMs?: number; readonly peakMemoryBytes?: number };

/** The kernel counts for `/proc` in hundredths of a second, whatever its own ticks are. */
const tickMs = 10;
/** More are not looked at: a look must stay cheap. */
const maxProcesses = 512;

/**
 * What a process and its living descendants have used so far, on Linux; elsewhere, or when nothing is left, nothing.
 * U1. Never too much: a process is looked at before its children, so that one which ends meanwhile is counted at most once.
 * U2. Children that have ended count as soon as their parent has waited for them; who lost their parent do not.
 * Memory is the high-water mark of the largest process, not a sum: processes share memory. It can be read only while it lives.
 */
export function treeUsage(root: number): ProgramUsage {
  if (process.platform !== "linux") return {};
  const found = [root];
  let usage: ProgramUsage = {};
  for (const id of found) {
    const cpuMs = cpuMsOf(id);
    if (cpuMs === undefined) continue;
    usage = { ...larger(usage, peakMemoryOf(id)), cpuMs: (usage.cpuMs ?? 0) + cpuMs };
    if (found.length < maxProcesses) found.push(...childrenOf(id));
  }
  return usage;
}

/**
 * What a process and its living descendants hold in memory now, what they share with files left out; undefined where the
 * system does not tell, or the process is gone.
 */
export function treeHeldBytes(root: number): number | undefined {
  if (process.platform !== "linux") return undefined;
  const found = [root];
  let bytes: number | undefined;
  for (const id of found) {
    const held = heldBytes(id);
    if (held === undefined) continue;
    bytes = (bytes ?? 0) + held;
    if (found.length < maxProcesses) found.push(...childrenOf(id));
  }
  return bytes;
}

function heldBytes(id: number): number | undefined {
  const figures = [...(textOf(`/proc/${id}/status`) ?? "").matchAll(/^Rss(?:Anon|Shmem):\s*(\d+) kB$/gm)];
  return figures.length === 0 ? undefined : figures.reduce((sum, [, kibibytes]) => sum + Number(kibibytes) * 1024, 0);
}

/** The larger of each figure. */
export function larger(one: ProgramUsage, other: ProgramUsage): ProgramUsage {
  const cpuMs = Math.max(one.cpuMs ?? -1, other.cpuMs ?? -1);
  const peakMemoryBytes = Math.max(one.peakMemoryBytes ?? -1, other.peakMemoryBytes ?? -1);
  return { ...(cpuMs < 0 ? {} : { cpuMs }), ...(peakMemoryBytes < 0 ? {} : { peakMemoryBytes }) };
}

/** CPU time of a process with the children it waited for; also of one that has ended and waits for its parent to notice. */
function cpuMsOf(id: number): number | undefined {
  const stat = textOf(`/proc/${id}/stat`);
  if (stat === undefined) return undefined;
  // The name, in parentheses, may hold anything: the fields that follow it are counted from its end.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15).map(Number);
  const own = Math.max((user + system) * tickMs, firstThreadMs(id));
  return own + (childUser + childSystem) * tickMs;
}

/** In nanoseconds, so that programs shorter than a tick count too. */
function firstThreadMs(id: number): number {
  return Number(textOf(`/proc/${id}/schedstat`)?.split(" ")[0] ?? 0) / 1e6;
}

function peakMemoryOf(id: number): ProgramUsage {
  const kibibytes = /^VmHWM:\s*(\d+) kB$/m.exec(textOf(`/proc/${id}/status`) ?? "")?.[1];
  return kibibytes === undefined ? {} : { peakMemoryBytes: Number(kibibytes) * 1024 };
}

/** Each thread has children of its own. Empty where the kernel keeps no such list. */
function childrenOf(id: number): readonly number[] {
  try {
    return readdirSync(`/proc/${id}/task`).flatMap((thread) =>
      (textOf(`/proc/${id}/task/${thread}/children`) ?? "").split(" ").filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined;
  }
}
