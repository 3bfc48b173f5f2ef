import type { RunEvent } from "../kernel/event.js";
import { findRunPrefix, sourceName, targetName } from "./step-path.js";
import type { RunTrace, Trace } from "./trace.js";
import { carryOver } from "./trace-cells.js";

type Event<T extends RunEvent["type"]> = Extract<RunEvent, { readonly type: T }>;

/** Nothing else was to come: its links carry absence. */
export function closeLinks(trace: Trace, event: Event<"link.closed">): void {
  const run = trace.runs[event.run];
  if (run === undefined) return;
  for (const link of event.links) carryOver(trace, run, link, { finding: 0, at: event.at, closed: true });
  warnOfClosed(trace, run, event.links);
}

function warnOfClosed(trace: Trace, run: RunTrace, links: readonly number[]): void {
  const prefix = findRunPrefix(trace, run);
  const ends = links.flatMap((index) => {
    const link = run.plan.links[index];
    return link === undefined ? [] : [{ from: sourceName(run.plan, link), to: targetName(run.plan, link) }];
  });
  for (const to of new Set(ends.map((end) => end.to))) {
    const from = ends.filter((end) => end.to === to).map((end) => `${prefix}${end.from}`);
    const more = links.some((link) => (run.carried[link]?.count ?? 0) > 1) ? "nothing more" : "nothing";
    const message = `${prefix}${to} waited for a value in vain: ${more} came from ${[...new Set(from)].join(", ")}`;
    trace.warnings.push({ run: run.index, code: "W_NOTHING_CAME", message });
  }
}

export function growQueue(trace: Trace, event: Event<"queue.grown">): void {
  const run = trace.runs[event.run];
  const queue = run?.queues[event.queue];
  const plan = run?.plan.queues[event.queue];
  if (run === undefined || queue === undefined || plan === undefined) return;
  const warned = queue.grown !== undefined;
  queue.grown = event.capacity;
  if (warned) return;
  const message = `Queue ${findRunPrefix(trace, run)}${plan.name} was full and only steps that wait for room in it were left: it grew beyond ${plan.capacity} items`;
  trace.warnings.push({ run: run.index, code: "W_QUEUE_GROWN", message });
}

export function warnOfHook(trace: Trace, event: Event<"hook.ended">): void {
  if (event.failure === undefined) return;
  const message = `The component of ${event.hook} failed: ${event.failure.message}`;
  trace.warnings.push({ run: 0, code: "W_HOOK", message });
}
