import type { RunRecord } from "../../contracts/store.js";
import type { Plan } from "../../plan/plan.js";
import type { Loaded } from "../runtime.js";
import type { Served, ServedWorkflow, ServeOptions, ServeParts } from "./served.js";
import { type Past, TimeKeeper } from "./time-keeper.js";
import { TriggeredStarts } from "./triggered-starts.js";

/** A workflow whose triggers start runs of it: clocks and folders here, people through `run`. */
export function triggeredWorkflow(
  parts: ServeParts,
  loaded: Loaded,
  plan: Plan,
  options: ServeOptions,
): ServedWorkflow {
  const stops: (() => void)[] = [];
  const lines = (plan.workflows[0]?.triggers ?? []).map(
    (trigger) => new TriggeredStarts(parts, loaded, plan, trigger, options),
  );
  const warn = (trigger: string, text: string): void =>
    options.notify?.({ at: parts.clock.now(), workflow: plan.name, kind: "warning", trigger, text });
  const listen = async (line: TriggeredStarts, past: Past | undefined): Promise<void> => {
    const { name, kind, folder, timer, debounceMs } = line.trigger;
    if (timer !== undefined) {
      const keeper = new TimeKeeper(parts, line, timer, past);
      stops.push(() => keeper.close());
      await keeper.begin();
    } else if (folder !== undefined) {
      const found = (file: { readonly path: string; readonly key: string }): void =>
        void line.fire({ key: file.key, payload: file.path });
      const watcher = parts.watcherOf(loaded.project);
      stops.push(
        watcher.watch(folder.path, folder.pattern, debounceMs, found, (problem) => warn(name, problem.message)),
      );
    } else if (kind !== "manual") warn(name, "nothing that it watches changes between runs, so it starts none");
  };
  const sum = (count: (line: TriggeredStarts) => number) => lines.reduce((total, line) => total + count(line), 0);
  return {
    over: new Promise(() => undefined),
    async begin() {
      const past = await lookBack(parts, plan, lines);
      for (const line of lines) await listen(line, past.get(line.trigger.name));
      options.notify?.({
        at: parts.clock.now(),
        workflow: plan.name,
        kind: "serving",
        text: "its triggers start runs",
      });
    },
    state: (): Served => ({
      workflow: plan.name,
      file: plan.file,
      triggers: lines.map((line) => line.state()),
      going: sum((line) => line.going),
      completed: sum((line) => line.counts.completed),
      failed: sum((line) => line.counts.failed),
    }),
    close() {
      for (const line of lines) line.close();
      for (const stop of stops) stop();
    },
  };
}

/** So many of a workflow's newest runs are looked at first, then ten times as many. */
const NEWEST = 100;

type Cause = { readonly name?: string; readonly due?: number };

/** Finds the last due time of each trigger in the runs it started, and goes on with those that nobody drives and that are not over. */
async function lookBack(
  parts: ServeParts,
  plan: Plan,
  lines: readonly TriggeredStarts[],
): Promise<ReadonlyMap<string, Past>> {
  const past = await pastOf(parts, plan, lines);
  const open = await parts.store.runs({ unfinished: true, workflow: plan.name });
  for (const record of open.toReversed()) {
    const isOpen = record.status === "running" || record.status === "pending" || record.status === "waiting";
    if (!isOpen || (await parts.store.holder(record.id)) !== undefined) continue;
    const { name } = await causeOf(parts, record);
    await lines.find((line) => line.trigger.name === name)?.recover(record.id);
  }
  return past;
}

/** From the newest run back, until every timer has its last due time: a long history is not read as a whole. */
async function pastOf(parts: ServeParts, plan: Plan, lines: readonly TriggeredStarts[]): Promise<Map<string, Past>> {
  const past = new Map<string, Past>();
  const isKnown = ({ trigger: { name, timer } }: TriggeredStarts): boolean =>
    timer === undefined || (timer.count === undefined && past.get(name)?.lastDue !== undefined);
  let seen = 0;
  for (let limit = NEWEST; !lines.every(isKnown); limit *= 10) {
    const records = await parts.store.runs({ workflow: plan.name, limit });
    for (const record of records.slice(seen)) {
      if (lines.every(isKnown)) return past;
      const { name, due } = await causeOf(parts, record);
      if (name === undefined) continue;
      const known = past.get(name);
      const dues = [known?.lastDue, due].filter((one) => one !== undefined);
      past.set(name, { lastDue: dues.length === 0 ? undefined : Math.max(...dues), count: (known?.count ?? 0) + 1 });
    }
    if (records.length < limit) return past;
    seen = records.length;
  }
  return past;
}

/** The trigger that started a run, where one did. */
async function causeOf(parts: ServeParts, record: RunRecord): Promise<Cause> {
  const [created] = await parts.store.events(record.id, 0, 1);
  return ((created?.type === "run.created" ? created.options["trigger"] : undefined) ?? {}) as Cause;
}
