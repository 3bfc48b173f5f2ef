import { inFolder, runChild } from "./children.js";

/** Ways by which a value comes to the engine, and the executors of the steps that have them. */
export const hostileWays = [
  ...["Give", "Emit", "Record"].flatMap((way) =>
    ["local", "thread", "process"].map((executor) => [way, executor] as const),
  ),
  ["Input", "local"],
] as const;

/** Gives each hostile value to the engine: how many there are, and what came out otherwise than documented. */
export function hostileFaults(
  way: string,
  executor: string,
): Promise<{ readonly count: number; readonly faults: readonly string[] }> {
  return inFolder(async (folder) => {
    const { said, end, errors } = await runChild<{ name: string; fault: string }>("hostile.mjs", [
      folder,
      way,
      executor,
    ]);
    const faults = said.filter(({ fault }) => fault !== "").map(({ name, fault }) => `${name}: ${fault}`);
    return { count: said.length, faults: end === 0 ? faults : [...faults, `the engine ended with ${end}: ${errors}`] };
  });
}
