import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import type { Plant } from "../secrets/workbench.js";
import { inFolder, plantedEnvironment, startChild } from "./children.js";

type Said = { readonly status?: string; readonly codes?: readonly string[] };

/** More than any step is given. */
const MOST = 5;

/** A step that takes its process with it, begun again by one process after the other: the third one says whose fault it is. */
export function fatalFaults(planted?: Plant): Promise<readonly string[]> {
  return inFolder(async (folder) => {
    const env = planted === undefined ? {} : plantedEnvironment(planted);
    const deaths: (number | string)[] = [];
    for (let round = 0; round < MOST; round++) {
      const { end, said } = await startChild<Said>("fatal.mjs", [folder, "killed", "local"], { env }).ended;
      const last = said.find(({ status }) => status !== undefined);
      if (last === undefined) {
        deaths.push(end);
        continue;
      }
      const tries = triesIn(folder);
      const isTold = last.status === "failed" && last.codes?.includes("E_POISON") === true;
      return [
        ...(isTold ? [] : [`it ${last.status} with ${last.codes?.join(", ")}`]),
        ...(deaths.join() === "SIGKILL,SIGKILL" && tries === 2 ? [] : [`${tries} tries, deaths ${deaths.join(", ")}`]),
      ];
    }
    return [`it took ${deaths.length} processes with it`];
  });
}

/** A step in a process of its own that hangs, whose engine is killed from outside three times: it is not to blame, and is tried again. */
export function blamelessFaults(): Promise<readonly string[]> {
  return inFolder(async (folder) => {
    for (let kills = 0; kills < 3; kills++) {
      const engine = startChild<Said>("fatal.mjs", [folder, "hang", "process"], { boundMs: 120_000 });
      const ended = engine.ended.then(({ said }) => said);
      while (triesIn(folder) <= kills) {
        const said = await Promise.race([ended, after(20)]);
        if (said !== undefined) return [`after ${kills} kills it ended as ${JSON.stringify(said.at(-1))}`];
      }
      engine.process.kill("SIGKILL");
      await engine.ended;
    }
    return [];
  });
}

function triesIn(folder: string): number {
  const path = join(folder, "witness");
  return existsSync(path) ? readFileSync(path, "utf8").trim().split("\n").length : 0;
}
