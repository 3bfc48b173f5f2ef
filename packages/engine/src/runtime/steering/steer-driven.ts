import type { SteeringAction, SteeringAnswer } from "../../contracts/requests.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import type { Driver } from "../../host/driver.js";
import type { HostParts } from "../../host/parts.js";
import { judge } from "./judge.js";

/** What is asked of one run. `request`: the id it was posted under, for the journal. */
export type Asked = { readonly action: SteeringAction; readonly by: string; readonly request?: string };

export type Done = Extract<SteeringAnswer, { status: "done" | "nothing" }>;

/** Rounds of judging: the run may move on between the judgement and the journal. */
const TRIES = 5;

/** Steers a run that this process drives. What it answers is on disk. Rejects when it is refused, or the store cannot be written. */
export async function steerDriven(parts: HostParts, driver: Driver, asked: Asked): Promise<Done> {
  for (let tries = 0; tries < TRIES; tries++) {
    const verdict = await judge({ parts, tree: driver.tree, action: asked.action, by: asked.by });
    if (verdict.status === "nothing") return verdict;
    const stamp = asked.request === undefined ? {} : { request: asked.request };
    if (await driver.receive({ ...verdict.input, ...stamp })) return { status: "done", text: verdict.text };
  }
  throw nanobrainError("E_INTERNAL", { what: `${asked.action.type} of run ${driver.tree.name} was never taken in` });
}
