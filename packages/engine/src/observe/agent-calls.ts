import type { Amounts } from "../contracts/spending.js";
import { plus } from "../contracts/spending.js";
import type { Cell, RunEvent } from "../kernel/event.js";
import type { Plan } from "../plan/plan.js";
import { createRunPaths } from "./step-path.js";

/** A call of a model or tool, or a question to a person, that the code of a step made. */
export type AgentCall = {
  /** `outer[3]/inner`. */
  readonly step: string;
  /** 1-based. */
  readonly activation: number;
  /** Attempt that made it. */
  readonly attempt: number;
  /** As the journal names it: `model:1`, `tool:1.2`, and within another agent's part `tool:1.2/model:1`. */
  readonly name: string;
  readonly kind: "model" | "tool" | "person";
  /** The model that answered, the tool, or what the person was asked. */
  readonly of: string;
  /** When it was over, epoch ms; of a question that is open, when it was asked. */
  readonly at: number;
  /** How long it took. */
  readonly ms: number | null;
  readonly spent: Amounts;
  outcome: "done" | "failed" | "refused" | "waits" | "answered";
  /** Why it failed or was refused; who answered. */
  text: string;
  /** Later attempts that got its result from the record, without a call. */
  readonly againIn: number[];
};

type Open = { attempt: number; readonly calls: AgentCall[] };

/** All calls of a run in the order in which they were over, as far as its journal says. */
export function agentCalls(plan: Plan, events: Iterable<RunEvent>): readonly AgentCall[] {
  const paths = createRunPaths(plan);
  const calls: AgentCall[] = [];
  const cells = new Map<string, Open>();
  for (const event of events) {
    if (event.type === "run.started") paths.enter(event.run, event.workflow, "parent" in event ? event.parent : null);
    else if ("c" in event) takeIn(event, { calls, cells, step: () => paths.step(event.run, event.node, event.c) });
  }
  return calls;
}

type Story = { readonly calls: AgentCall[]; readonly cells: Map<string, Open>; step(): string };

function takeIn(event: Extract<RunEvent, Cell>, story: Story): void {
  const key = `${event.run}/${event.node}/${event.n}/${event.c}`;
  const cell = story.cells.get(key);
  switch (event.type) {
    case "attempt.started":
      if (cell === undefined) story.cells.set(key, { attempt: event.attempt, calls: [] });
      else begin(cell, event.attempt);
      return;
    case "effect.recorded":
      if (event.call !== undefined) add(story, cell, callOf(event, cell, story.step()));
      return;
    case "attempt.suspended":
      if (event.name !== undefined && event.ask !== undefined) add(story, cell, askOf(event, cell, story.step()));
      return;
    case "wait.answered":
      answered(cell, event);
      return;
    // What was recorded counts for the round, and for the step itself or its fallback.
    case "round.started":
    case "fallback.chosen":
      story.cells.delete(key);
      return;
    default:
      return;
  }
}

function begin(cell: Open, attempt: number): void {
  cell.attempt = attempt;
  for (const call of cell.calls) if (call.kind !== "person") call.againIn.push(attempt);
}

function add({ calls }: Story, cell: Open | undefined, call: AgentCall): void {
  calls.push(call);
  cell?.calls.push(call);
}

function callOf(
  event: Extract<RunEvent, { readonly type: "effect.recorded" }>,
  cell: Open | undefined,
  step: string,
): AgentCall {
  const { kind = "tool", of = "", spent = {}, failed } = event.call ?? {};
  const refused = failed?.startsWith("refused: ") === true;
  return {
    step,
    ...{ activation: event.n, attempt: cell?.attempt ?? 1, name: event.name, kind, of, at: event.at, spent },
    ms: refused ? null : (spent.ms ?? null),
    outcome: refused ? "refused" : failed === undefined ? "done" : "failed",
    text: refused ? failed.slice("refused: ".length) : (failed ?? ""),
    againIn: [],
  };
}

function askOf(
  event: Extract<RunEvent, { readonly type: "attempt.suspended" }>,
  cell: Open | undefined,
  step: string,
): AgentCall {
  const { n: activation, name = "", at, ask } = event;
  const [of = ""] = (ask?.question ?? "").split("\n");
  const attempt = cell?.attempt ?? 1;
  const open = { kind: "person", outcome: "waits", spent: {}, ms: null, text: "" } as const;
  return { ...open, step, activation, attempt, name, of, at, againIn: [] };
}

function answered(cell: Open | undefined, event: Extract<RunEvent, { readonly type: "wait.answered" }>): void {
  const asked = cell?.calls.findLast((call) => call.kind === "person" && call.outcome === "waits");
  if (asked === undefined || event.name === undefined) return;
  const decision = event.out["decision"];
  asked.outcome = "answered";
  const said = decision !== undefined && "json" in decision ? ` ${JSON.stringify(decision.json)}` : "";
  asked.text = `${event.by} said${said}`;
}

export function spentIn(calls: readonly AgentCall[]): Amounts {
  return calls.reduce<Amounts>((sum, { spent }) => plus(sum, spent), {});
}
