import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import type { StepContext } from "../../../contracts/component.js";
import { nanobrainError } from "../../../errors/nanobrain-error.js";
import { resolveInside } from "../../../paths/resolve-inside.js";
import { guardProgram } from "../../../processes/guardian.js";
import { endGroup, markVariable, signalGroup } from "../../../processes/process-tree.js";
import { eachLine } from "./bounded-output.js";
import { findProgram } from "./find-program.js";
import { programEnvironment, searchPathOf } from "./program-environment.js";
import { missingProgram, startFault } from "./program-faults.js";
import { freshMark } from "./run-program.js";

export type TalkingRequest = {
  readonly command: string;
  readonly args: readonly string[];
  /** Added to the few variables that every program gets; nothing else of this process's is there. */
  readonly env: { readonly [name: string]: string };
  /** Inside the project; undefined: a fresh folder. */
  readonly cwd: string | undefined;
  readonly graceMs: number;
  readonly onOutput: (chunk: Buffer) => void;
  readonly onErrorLine: (line: string, isPiece: boolean) => void;
};

export interface TalkingProgram {
  /** Resolves when the text is handed over, or the program has ended. */
  write(text: string): Promise<void>;
  /** Resolves when it has ended by itself, or was ended: with what is to be said of that. */
  readonly ended: Promise<string>;
  /** Ends it and all its children: its input is closed, then SIGTERM, then SIGKILL. */
  end(): Promise<void>;
}

/** Starts a program, without a shell, that is talked to over its standard input and output. It does not outlive this process. */
export async function startTalkingProgram(
  request: TalkingRequest,
  around: Pick<StepContext, "folders" | "freshFolder">,
): Promise<TalkingProgram> {
  const { command, env } = request;
  const found = findProgram(command, searchPathOf(process.env, env), around.folders);
  if (found.status !== "found") throw missingProgram(command, found);
  const fresh = await around.freshFolder();
  const folder = request.cwd === undefined ? fresh : folderInside(request.cwd, around.folders);
  const mark = freshMark();
  const guarded = guardProgram(mark);
  try {
    const child = spawn(found.path, [...request.args], {
      argv0: command,
      cwd: folder,
      env: { ...programEnvironment(process.env, env, fresh, mark), [markVariable]: mark },
      detached: true,
      shell: false,
      windowsHide: true,
      stdio: ["pipe", "pipe", "pipe"],
    });
    await started(child);
    guarded.runsAs(child.pid ?? 0);
    return talkingTo(child, mark, request, () => guarded.ended());
  } catch (cause) {
    guarded.ended();
    throw startFault(command, cause);
  }
}

function folderInside(cwd: string, folders: StepContext["folders"]): string {
  const resolved = resolveInside(folders.project, folders.roots, cwd);
  if (resolved.status === "found") return resolved.real;
  const what = resolved.status === "outside" ? resolved.what : "there is no such folder";
  throw nanobrainError("E_PATH_REFUSED", { path: cwd, what });
}

function started(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", reject);
  });
}

/** How long a program whose input was closed may take to end by itself. */
const leaveMs = 500;

function talkingTo(child: ChildProcess, mark: string, request: TalkingRequest, gone: () => void): TalkingProgram {
  const pid = child.pid ?? 0;
  child.stdout?.on("data", request.onOutput);
  eachLine(child.stderr, request.onErrorLine);
  // A program that does not read ends some time; what was written to it then is of no use.
  child.stdin?.on("error", () => undefined);
  const ended = new Promise<string>((resolve) =>
    child.once("exit", (code, signal) =>
      resolve(signal === null ? `ended with exit code ${code}` : `ended by ${signal}`),
    ),
  );
  let ending: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    child.stdin?.end();
    await Promise.race([ended, delay(leaveMs)]);
    signalGroup(pid, "SIGTERM");
    await endGroup(pid, mark, request.graceMs);
    await ended;
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy();
    gone();
  };
  return {
    ended,
    write: (text) =>
      new Promise((resolve) => {
        void ended.then(() => resolve());
        child.stdin?.write(text, () => resolve());
      }),
    end: () => (ending ??= end()),
  };
}
