import type { ChildProcess } from "node:child_process";
import { larger, type ProgramUsage, treeUsage } from "../../../processes/tree-usage.js";

/** Time between looks: short ones first, as most programs are; then `longestMs` for good. */
const intervalsMs = [20, 50, 100, 200, 500];
const longestMs = 1_000;
/** Output causes a look, but not one so soon after another. */
const leastMs = 20;

export type UsageSamples = {
  /** Looks now. */
  readonly take: () => void;
  /** What was seen: the largest figures. No further look. */
  readonly stop: () => ProgramUsage;
};

/**
 * Looks at a program from time to time, from now until it exits or `stop`. A program is looked at when it writes (it often does
 * at its largest) and when one of its streams ends: that is heard of before its end, so that its CPU time can still be read.
 * What it used after the last look is missing.
 */
export function sampleUsage(child: ChildProcess, pid: number): UsageSamples {
  let usage: ProgramUsage = {};
  let timer: NodeJS.Timeout | undefined;
  let lookedAtMs = 0;
  let open = true;
  const take = (): void => {
    if (!open) return;
    usage = larger(usage, treeUsage(pid));
    lookedAtMs = performance.now();
  };
  const later = (index: number): void => {
    timer = setTimeout(() => {
      take();
      later(index + 1);
    }, intervalsMs[index] ?? longestMs).unref();
  };
  const stop = (): ProgramUsage => {
    open = false;
    clearTimeout(timer);
    return usage;
  };
  child.once("exit", stop);
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("end", take).on("data", () => {
      if (performance.now() - lookedAtMs >= leastMs) take();
    });
  }
  take();
  later(0);
  return { take, stop };
}
