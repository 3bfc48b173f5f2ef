import { inFolder, plantedEnvironment, runChild } from "./children.js";

type Said = {
  readonly status: string;
  readonly attempts: number;
  readonly warnings: readonly { readonly step: string; readonly text: string }[];
};

/** A step that holds up the event loop is told of it by name and for how long, nobody else is, and nothing is tried twice. */
export function stallFaults(when: "called" | "later", stallMs: number, isBlind = false): Promise<readonly string[]> {
  return inFolder(async (folder) => {
    const blind = plantedEnvironment(["local/loop-watch.js", "STALL_MS = 1000", "STALL_MS = 1e9"]);
    const options = { boundMs: 200_000, ...(isBlind ? { env: blind } : {}) };
    const { said, end, errors } = await runChild<Said>("stalled.mjs", [folder, when, String(stallMs)], options);
    const last = said.at(-1);
    if (last === undefined) return [`the engine ended with ${end}: ${errors}`];
    const { status, attempts, warnings } = last;
    const [warning] = warnings;
    const seconds = Number(/ for (\d+\.\d) s/.exec(warning?.text ?? "")?.[1]);
    return [
      ...(status === "completed" && attempts === 2 ? [] : [`${status} after ${attempts} attempts`]),
      ...(warnings.length === 1 && warning?.step === "stall" ? [] : [`warned of ${JSON.stringify(warnings)}`]),
      ...(seconds >= (stallMs - 600) / 1000 ? [] : [`told of ${seconds} s, it was ${stallMs} ms`]),
    ];
  });
}
