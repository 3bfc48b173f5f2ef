import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as after } from "node:timers/promises";
import { inFolder, runChild, startChild } from "./children.js";

/** What a doomed step comes to: the code of its failure, and words of its message. */
type Doom = {
  readonly doom: string;
  readonly executor: "thread" | "process";
  readonly code: string;
  readonly says: string;
};

const died = (doom: string, executor: Doom["executor"], says: string): Doom => ({
  doom,
  executor,
  code: "E_LANE_DIED",
  says,
});
const late = (doom: string, executor: Doom["executor"]): Doom => ({
  doom,
  executor,
  code: "E_TIMEOUT",
  says: "timeout",
});
const full = (doom: string, executor: Doom["executor"]): Doom => ({
  doom,
  executor,
  code: "E_OUT_OF_MEMORY",
  says: "memory",
});

export const dooms: readonly Doom[] = [
  died("exit", "thread", "process.exit(3)"),
  died("late throw", "thread", "thrown in a callback"),
  died("unhandled", "thread", "rejected unseen"),
  { doom: "abort", executor: "thread", code: "E_STEP", says: "not supported in workers" },
  full("heap", "thread"),
  late("spin", "thread"),
  late("hang", "thread"),
  late("deaf", "thread"),
  late("orphan", "thread"),
  died("exit", "process", "process.exit(3)"),
  died("abort", "process", "SIGABRT"),
  died("segfault", "process", "SIGSEGV"),
  died("killed", "process", "SIGKILL"),
  died("late throw", "process", "thrown in a callback"),
  died("unhandled", "process", "rejected unseen"),
  full("heap", "process"),
  full("buffers", "process"),
  late("spin", "process"),
  late("hang", "process"),
  late("deaf", "process"),
  late("frozen", "process"),
  late("orphan", "process"),
];

type Said = {
  readonly status: string;
  readonly failures: readonly { readonly code: string; readonly message: string }[];
  readonly attempts: number;
  readonly healthy: number;
  readonly after: string;
};

/** A doomed step next to ten healthy runs: what is wrong with what came of both. */
export function doomFaults({ doom, executor, code, says }: Doom): Promise<readonly string[]> {
  return inFolder(async (folder) => {
    const timeout = code === "E_TIMEOUT" ? "2" : "60";
    const { said, end, errors } = await runChild<Said>("doomed.mjs", [folder, doom, executor, timeout]);
    const last = said.at(-1);
    if (end !== 0 || last === undefined) return [`the engine ended with ${end}: ${errors}`];
    const [failure] = last.failures;
    const told = failure?.code === code && failure.message.includes(says);
    return [
      ...(told ? [] : [`the failure is ${failure?.code} ${failure?.message}, not ${code} ... ${says}`]),
      ...(last.status === "failed" && last.attempts === 2 ? [] : [`${last.status} after ${last.attempts} attempts`]),
      ...(last.healthy === 10 ? [] : [`${last.healthy} of 10 healthy runs completed`]),
      ...(last.after === "completed" ? [] : [`a healthy run afterwards ${last.after}`]),
      ...(await leftBehind(folder)),
    ];
  });
}

/** The engine is killed while a step in a process of its own has a child: nothing of both is left. `planted`: unguarded. */
export function orphanFaults(planted = ""): Promise<readonly string[]> {
  return inFolder(async (folder) => {
    const doom = planted === "unguarded" ? "unmarked orphan" : "orphan";
    const engine = startChild("doomed.mjs", [folder, doom, "process", "60"]);
    const child = (): boolean => namedBy(`setTimeout(() => {}, 600000) ${folder}`).length > 0;
    for (let look = 0; look < 600 && !child(); look++) await after(50);
    const wasThere = child();
    engine.process.kill("SIGKILL");
    await engine.ended;
    return [...(wasThere ? [] : ["the step started no child"]), ...(await leftBehind(folder))];
  });
}

/** Processes that name the folder, after a while in which they may end. */
async function leftBehind(folder: string): Promise<readonly string[]> {
  for (let look = 0; look < 300 && namedBy(folder).length > 0; look++) await after(50);
  const left = namedBy(folder);
  for (const { pid } of left) process.kill(pid, "SIGKILL");
  return left.map(({ pid, command }) => `process ${pid} is left behind: ${command}`);
}

function namedBy(text: string): readonly { readonly pid: number; readonly command: string }[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ");
        return command.includes(text) ? [{ pid: Number(name), command }] : [];
      } catch {
        return []; // It has ended meanwhile.
      }
    });
}
