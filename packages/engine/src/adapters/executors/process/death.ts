import type { Failure } from "../../../contracts/failure.js";
import { classify } from "../../../errors/classify.js";
import { nanobrainError } from "../../../errors/nanobrain-error.js";
import { heapLimitMb } from "../lane-carrier.js";

export type Death = {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What it said itself before its end, or why it was ended. */
  readonly fatal: Failure | undefined;
  /** The end of its standard error. */
  readonly lastErrors: string;
  readonly memoryBytes: number | undefined;
};

/** Why an attempt's process ended before the attempt did, as the failure of the attempt. */
export function deathOf({ exitCode, signal, fatal, lastErrors, memoryBytes }: Death): Failure {
  if (fatal?.code === "E_OUT_OF_MEMORY") return fatal;
  if (fatal !== undefined) return laneDied(`uncaught ${fatal.message}`, fatal);
  if (/heap out of memory|Allocation failed - /i.test(lastErrors)) {
    const limit =
      memoryBytes === undefined ? "heap limit of its process" : `heap limit of ${heapLimitMb(memoryBytes)} MiB`;
    return classify(nanobrainError("E_OUT_OF_MEMORY", { what: limit }));
  }
  if (signal === null) return laneDied(`process.exit(${exitCode ?? 0}) was called`);
  const hint = signal === "SIGKILL" ? "Systems that run out of memory end processes so." : undefined;
  return laneDied(`signal ${signal} ended it`, undefined, hint);
}

function laneDied(what: string, cause?: Failure, hint?: string): Failure {
  const options = { ...(cause === undefined ? {} : { cause }), ...(hint === undefined ? {} : { hint }) };
  return classify(nanobrainError("E_LANE_DIED", { what }, options));
}
