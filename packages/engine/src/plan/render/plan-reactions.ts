import type { PlanQueue, PlanTrigger, WorkflowPlan } from "../plan.js";

/** A queue or trigger in words: `lines` for people, `ends` as `step.port` or names. */
export type Described = { readonly name: string; readonly what: string; readonly ends: readonly string[] };

/** `step.port`; of units and outputs the name. */
export function endName(workflow: WorkflowPlan, end: { readonly node: number; readonly port: string }): string {
  const node = workflow.nodes[end.node];
  if (node === undefined) return end.port;
  return node.kind === "step" ? `${node.name}.${end.port}` : node.name;
}

export function queueTargets(workflow: WorkflowPlan, queue: PlanQueue): readonly string[] {
  return queue.links.flatMap((link) => {
    const to = workflow.links[link]?.to;
    return to === undefined ? [] : [endName(workflow, to)];
  });
}

/** What a queue does with its items. */
export function describeQueue(workflow: WorkflowPlan, queue: PlanQueue): Described {
  const ends = queueTargets(workflow, queue);
  const shared = ends.length > 1 ? [queue.balance.replace("_", " ")] : [];
  const parts = [
    ...(queue.each ? ["one by one"] : []),
    `room for ${queue.capacity}`,
    ...shared,
    ...(queue.key === undefined ? [] : [`in order by ${queue.key}`]),
    `${queue.maxDeliveries} ${queue.maxDeliveries === 1 ? "delivery" : "deliveries"}`,
  ];
  return { name: queue.name, what: `from ${endName(workflow, queue.from)}: ${parts.join(", ")}`, ends };
}

/** What a trigger waits for, and the steps it fires (ports where it feeds some). */
export function describeTrigger(workflow: WorkflowPlan, trigger: PlanTrigger): Described {
  const fired = trigger.targets.flatMap(({ node, feeds }) => {
    const name = workflow.nodes[node]?.name ?? "";
    return feeds.length === 0 ? [name] : feeds.map(({ port }) => `${name}.${port}`);
  });
  const steps = workflow.strategy === "event_driven" ? fired : ["a run"];
  return {
    name: trigger.name,
    what: occasion(workflow, trigger),
    ends: trigger.progress ? [...steps, "a progress report"] : steps,
  };
}

function occasion(workflow: WorkflowPlan, trigger: PlanTrigger): string {
  switch (trigger.kind) {
    case "timer":
      return timerWords(trigger.timer);
    case "folder":
      return `a file ${trigger.folder?.path ?? ""}/${trigger.folder?.pattern ?? ""}`;
    case "manual":
      return "by hand";
    case "condition":
      return `once ${trigger.condition ?? ""}${trigger.windowMs === null ? "" : ` over ${span(trigger.windowMs)}`}`;
    case "data_updated":
      return `a value of ${joined(
        trigger.watch.map((end) => endName(workflow, end)),
        trigger.mode,
      )}`;
    case "all":
    case "any":
      return joined(
        trigger.members.map((member) => workflow.triggers[member]?.name ?? ""),
        trigger.kind,
      );
  }
}

const joined = (names: readonly string[], mode: "all" | "any"): string => names.join(mode === "all" ? " and " : " or ");

function timerWords(timer: PlanTrigger["timer"]): string {
  const times = timer?.count === undefined ? "" : `, ${timer.count} times`;
  if (timer?.cron !== undefined) return `cron ${timer.cron} ${timer.timezone}${times}`;
  return `every ${span(timer?.intervalMs ?? 0)}${times}`;
}

const UNITS: readonly (readonly [ms: number, word: string])[] = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "min"],
  [1000, "s"],
];

/** In the largest unit that leaves a whole number. */
function span(ms: number): string {
  const [size, word] = UNITS.find(([size]) => ms >= size && ms % size === 0) ?? [1, "ms"];
  return `${ms / size} ${word}`;
}
