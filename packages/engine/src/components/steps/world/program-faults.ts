import { type NanobrainError, nanobrainError } from "../../../errors/nanobrain-error.js";
import { kindOfNodeCode } from "../../../errors/node-codes.js";
import type { SecretMask } from "../../../values/secret-mask.js";
import type { ProgramFault } from "./find-program.js";
import type { ProgramEnd } from "./run-program.js";

const shownLength = 2_000;

/** The failure that a program which was not found stands for. */
export function missingProgram(program: string, fault: ProgramFault): NanobrainError {
  const options = fault.hint === undefined ? {} : { hint: fault.hint };
  if (fault.status === "outside") return nanobrainError("E_PATH_REFUSED", { path: program, what: fault.what });
  if (fault.status === "missing") return nanobrainError("E_PROGRAM_MISSING", { program, what: fault.what }, options);
  return nanobrainError("E_PROGRAM_START", { program, what: fault.what }, { ...options, kind: "configuration" });
}

/** The failure that a program which could not be started stands for. */
export function startFault(program: string, cause: unknown): NanobrainError {
  const code = (cause as NodeJS.ErrnoException | undefined)?.code ?? "";
  if (code === "E2BIG") {
    const problem = "all arguments and the environment together are too long for the system";
    const hint = "Pass large values by stdin or files_in.";
    return nanobrainError("E_PROGRAM_ARGUMENT", { program, what: "arguments", problem }, { cause, hint });
  }
  const what =
    code === "ENOENT" ? "it, or the program that should interpret it, is gone" : `the system says ${code || "no"}`;
  const kind = code === "ENOENT" || code === "ENOEXEC" ? "configuration" : kindOfNodeCode(code);
  return nanobrainError("E_PROGRAM_START", { program, what }, { cause, ...(kind === undefined ? {} : { kind }) });
}

export type Codes = { readonly ok: readonly number[]; readonly retry: readonly number[] };

/** The failure that a program's end stands for; undefined: it ended well. */
export function endFault(
  program: string,
  end: ProgramEnd & { readonly status: "ended" },
  codes: Codes,
  mask: SecretMask | undefined,
): NanobrainError | undefined {
  const stderr = shownEnd(end.stderr, mask);
  if (end.exitCode === null) {
    const details = { program, signal: end.signalName ?? "unknown", stderr };
    const hint = "The system ends programs so when memory runs out: declare resources.memory, or give it less to do.";
    return nanobrainError("E_PROGRAM_SIGNAL", details, end.signalName === "SIGKILL" ? { hint } : {});
  }
  if (codes.ok.includes(end.exitCode)) return undefined;
  const details = { program, exitCode: end.exitCode, stderr };
  if (codes.retry.includes(end.exitCode))
    return nanobrainError("E_PROGRAM_FAILED", details, { kind: "network", retryable: true });
  return nanobrainError("E_PROGRAM_FAILED", details, codes.retry.length > 0 ? { retryable: false } : {});
}

/** The last lines of what it said, where the reason is. */
function shownEnd(stderr: Buffer, mask: SecretMask | undefined): string {
  const end = stderr.subarray(-shownLength * 4).toString("utf8");
  const text = (mask?.cut(end) ?? end).trim();
  if (text === "") return "it said nothing on stderr";
  return text.length > shownLength ? `... ${text.slice(-shownLength)}` : text;
}
