import type { Plan } from "../../plan/plan.js";
import type { Loaded, RunHandle } from "../runtime.js";
import { followEnd } from "./follow-end.js";
import type { Served, ServedWorkflow, ServeNote, ServeOptions, ServeParts } from "./served.js";

/**
 * The one run of an event-driven workflow, which goes on until somebody finishes it: the unfinished one of the store, else a new
 * one. A run keeps the plan it began with.
 */
export function reactingRun(parts: ServeParts, loaded: Loaded, plan: Plan, options: ServeOptions): ServedWorkflow {
  const served = lasting(parts, plan);
  let handle: RunHandle | undefined;
  let over: () => void = () => undefined;
  const done = new Promise<void>((resolve) => {
    over = resolve;
  });
  const note = (kind: ServeNote["kind"], text: string): void =>
    options.notify?.({
      at: parts.clock.now(),
      workflow: plan.name,
      kind,
      text,
      ...(handle === undefined ? {} : { run: handle.name }),
    });
  return {
    over: done,
    async begin() {
      const unfinished = await findUnfinished(parts, plan);
      if (unfinished !== undefined && unfinished.planHash !== served.hash)
        note("warning", `${plan.file} has changed: run ${unfinished.name} goes on with the document it began with`);
      handle =
        unfinished === undefined
          ? await parts.start({ ...loaded, plan: served }, inputsFor(plan, options), {})
          : await parts.resume(unfinished.id);
      note(unfinished === undefined ? "started" : "resumed", "reacts until it is finished");
      followEnd(handle, (result) => {
        options.notify?.({
          at: parts.clock.now(),
          workflow: plan.name,
          kind: "ended",
          text: result.status,
          run: result.name,
          result,
        });
        over();
      });
    },
    state: (): Served => ({
      workflow: plan.name,
      file: plan.file,
      ...(handle && { run: { id: handle.id, name: handle.name, status: handle.status } }),
      triggers: [],
      going: handle === undefined ? 0 : 1,
      completed: 0,
      failed: 0,
    }),
    close: () => undefined,
  };
}

/** Served, a run waits for its end to be asked for, whatever its document says. */
function lasting(parts: ServeParts, plan: Plan): Plan {
  const [root, ...nested] = plan.workflows;
  if (root === undefined || root.completion === "manual") return plan;
  const hash = parts.hash(`${plan.hash} served`);
  return { ...plan, hash, workflows: [{ ...root, completion: "manual" }, ...nested] };
}

async function findUnfinished(parts: ServeParts, plan: Plan) {
  for (const record of await parts.store.runs({ unfinished: true, workflow: plan.name })) {
    if ((await parts.store.plan(record.planHash))?.file === plan.file) return record;
  }
  return undefined;
}

export function inputsFor(plan: Plan, { inputs = {} }: ServeOptions): NonNullable<ServeOptions["inputs"]> {
  const root = plan.workflows[0];
  const names = new Set(root?.inputs.map((node) => root.nodes[node]?.name));
  return Object.fromEntries(Object.entries(inputs).filter(([name]) => names.has(name)));
}
