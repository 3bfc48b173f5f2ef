import type { Json } from "../../contracts/json.js";
import type { Cell, RunEvent } from "../../kernel/event.js";
import { evolve } from "../../kernel/evolve.js";
import { createTree, type RunTree, runAt } from "../../kernel/state.js";
import type { Plan } from "../../plan/plan.js";
import { Endings } from "../endings.js";
import { outputsText } from "../outputs-text.js";
import { brokenRule, leftovers } from "../run-rules.js";
import { isBelow, isHeldAt } from "../symbolic-look.js";
import { canonicalText } from "../symbolic-step.js";
import { valuesOf } from "../symbolic-values.js";
import { UndoLedger } from "./undo-ledger.js";
import type { Witness } from "./witness.js";

export type JournalReport = {
  readonly faults: readonly string[];
  readonly tree: RunTree;
  /** Status, outputs and endings, as `outcomeOf` says them. */
  readonly outcome: string;
};

/**
 * What must hold of the journal of a run that is over, however often its process died (numbers as in the trust page).
 * I2. Events are 1..n. I3. Each activation and the run end once. I7. What the journal took for a result, the outside saw.
 * I8. No more failed attempts than the budget allows. I9. No retry early, twice or lost. Without a witness I7 is not checked.
 */
export function checkJournal(plan: Plan, events: readonly RunEvent[], witness?: Witness): JournalReport {
  const faults: string[] = [];
  const tree = createTree(plan);
  const endings = new Endings();
  const audit = new Audit(witness);
  const undone = new UndoLedger();
  for (const [index, event] of events.entries()) {
    if (event.seq !== index + 1) faults.push(`I2: event ${event.seq} at place ${index + 1}`);
    audit.before(tree, event);
    evolve(tree, event);
    endings.note(tree, event);
    undone.note(tree, event);
    const broken = brokenRule(tree, event);
    if (broken !== undefined) faults.push(broken);
  }
  const status = tree.runs[0]?.status ?? "none";
  // With `completion: outputs` a run ends as soon as it has them, whatever else is there.
  const isServed = plan.workflows[0]?.completion === "outputs";
  if (!tree.ended) faults.push(`I3: the journal ends without an end, ${status}`);
  faults.push(...endings.doubles, ...undone.faults, ...audit.end(status, isServed));
  if (status === "completed" && !isServed) faults.push(...leftovers(tree).map((what) => `R6: ${what}`));
  return { faults, tree, outcome: status === "completed" ? completedOutcome(tree, endings) : status };
}

function completedOutcome(tree: RunTree, endings: Endings): string {
  return ["completed", outputsText(tree.plan, outputsOf(tree)), ...endings.lines()].join("\n");
}

export function outputsOf(tree: RunTree): { readonly [output: string]: Json } {
  const root = runAt(tree, 0);
  const named = [...root.outputs].map(([node, handle]) => [root.workflow.nodes[node]?.name ?? "", handle] as const);
  return valuesOf(Object.fromEntries(named));
}

type Succeeded = Extract<RunEvent, { type: "attempt.succeeded" }>;

type CellRecord = {
  readonly at: Cell;
  open: number | undefined;
  due: number | undefined;
  failures: number;
  waits: number;
};

/** Double entry for attempts and retries, kept apart from the kernel's own counts. */
class Audit {
  readonly #witness: Witness | undefined;
  readonly #cells = new Map<string, CellRecord>();
  readonly #faults: string[] = [];
  readonly #started = new Set<string>();
  #runId = "";
  #isOver = false;

  constructor(witness: Witness | undefined) {
    this.#witness = witness;
  }

  /** Asked before the event is folded. */
  before(tree: RunTree, event: RunEvent): void {
    if (event.type === "run.created") this.#runId = event.id;
    if (this.#isOver && event.type !== "run.resumed" && event.type !== "run.taken")
      this.#faults.push(`I3: ${event.type} after the end`);
    if (event.type === "run.resumed") this.#isOver = false;
    if (event.type === "run.resumed" || event.type === "run.reopened") this.#refresh();
    if (isEnd(event)) this.#isOver = true;
    if (event.type === "run.failed" || event.type === "run.completed" || event.type === "run.closed")
      this.#abandon(tree, event.run);
    if (event.type === "run.rolledback") this.#forget(tree, event.run);
    if (event.type === "undo.ended") this.#checkUndone(event);
    else if ("c" in event && event.type !== "undo.started") this.#cell(tree, event);
  }

  /** `isServed`: the run ended as soon as it had its outputs, whatever was under way. */
  end(status: string, isServed: boolean): readonly string[] {
    const faults = [...this.#faults];
    for (const [key, cell] of this.#cells) {
      if (cell.open !== undefined) faults.push(`I8: attempt ${cell.open} of ${key} never ended`);
      // Child runs that failed for good are dropped with what waited in them.
      if (cell.due !== undefined && status === "completed" && !isServed && key.startsWith("0 "))
        faults.push(`I9: the retry of ${key} was lost`);
    }
    for (const { id } of this.#witness?.executions ?? []) {
      if (id.startsWith(`${this.#runId}:`) && !id.includes(">") && !this.#started.has(id))
        faults.push(`attempt ${id} ran and is not in the journal`);
    }
    return faults;
  }

  /** Attempts that are held back are not waited for. */
  #abandon(tree: RunTree, run: number): void {
    for (const cell of this.#cells.values())
      if (cell.open !== undefined && isBelow(tree, cell.at.run, run) && isHeldAt(tree, cell.at)) cell.open = undefined;
  }

  /** What was under way in a run that goes back begins again. */
  #forget(tree: RunTree, run: number): void {
    for (const [key, cell] of this.#cells) if (isBelow(tree, cell.at.run, run)) this.#cells.delete(key);
  }

  /** Budgets are fresh after a resume; waits go on. */
  #refresh(): void {
    for (const cell of this.#cells.values()) cell.failures = cell.waits = 0;
  }

  #cell(tree: RunTree, event: Extract<RunEvent, { readonly c: number }>): void {
    const key = `${event.run} ${event.node} ${event.n} ${event.c}`;
    const cell = this.#cells.get(key) ?? { at: event, open: undefined, due: undefined, failures: 0, waits: 0 };
    this.#cells.set(key, cell);
    const fault = (what: string) => this.#faults.push(`${what} (${key} at ${event.seq})`);
    switch (event.type) {
      case "attempt.started":
        if (cell.open !== undefined) fault("I8: two attempts at once");
        if (cell.due !== undefined) fault("I9: an attempt in the wait of a retry");
        cell.open = event.seq;
        this.#started.add(`${this.#runId}:${event.seq}`);
        return;
      case "attempt.succeeded":
      case "attempt.failed":
      case "attempt.suspended":
      case "attempt.lost":
        if (cell.open !== event.id) fault(`I8: the end of attempt ${event.id}, not ${cell.open}`);
        cell.open = undefined;
        if (event.type === "attempt.succeeded") this.#checkSeen(tree, event, fault);
        if (event.type === "attempt.failed") this.#checkBudget(tree, event, cell, fault);
        return;
      case "retry.scheduled":
        if (cell.due !== undefined) fault("I9: two waits at once");
        cell.due = event.due;
        return;
      case "retry.due":
        if (cell.due === undefined) fault("I9: a retry without a wait");
        else if (event.at < cell.due) fault(`I9: a retry ${cell.due - event.at} ms early`);
        cell.due = undefined;
        return;
      case "round.started":
      case "fallback.chosen":
        cell.failures = cell.waits = 0;
        return;
      default:
        return;
    }
  }

  #checkUndone({ id, seq, failure }: Extract<RunEvent, { type: "undo.ended" }>): void {
    if (this.#witness === undefined || failure?.kind === "cancelled") return;
    const seen = [...this.#witness.undos.values()].some(({ ended }) => ended.has(`${this.#runId}:${id}`));
    if (!seen) this.#faults.push(`I7: the end of an undo that nobody saw, at ${seq}`);
  }

  /** What the cache gives, some attempt of the same class gave. */
  #checkKept(tree: RunTree, event: Succeeded, fault: (what: string) => void): void {
    const name = runAt(tree, event.run).workflow.nodes[event.node]?.step?.component?.class;
    const text = canonicalText(valuesOf(event.out));
    const isKnown = this.#witness?.executions.some(
      ({ component, ended }) =>
        component === name && ended?.outputs !== undefined && canonicalText(ended.outputs) === text,
    );
    if (isKnown !== true) fault("I7: a result from the cache that nobody gave");
  }

  #checkSeen(tree: RunTree, event: Succeeded, fault: (what: string) => void): void {
    if (this.#witness === undefined) return;
    if (event.cache?.outcome === "hit") return this.#checkKept(tree, event, fault);
    const seen = this.#witness.executions.find((execution) => execution.id === `${this.#runId}:${event.id}`);
    if (seen?.ended?.outputs === undefined) fault("I7: a success that nobody saw");
    else if (canonicalText(seen.ended.outputs) !== canonicalText(valuesOf(event.out))) fault("I7: another result");
  }

  #checkBudget(
    tree: RunTree,
    event: Extract<RunEvent, { type: "attempt.failed" }>,
    cell: CellRecord,
    fault: (what: string) => void,
  ): void {
    if (event.failure.kind === "resource") cell.waits++;
    else cell.failures++;
    const { workflow } = runAt(tree, event.run);
    const { maxRetries } = workflow.nodes[event.node]?.step?.recovery ?? { maxRetries: 0 };
    const deliveries = workflow.queues.filter(({ links }) =>
      links.some((link) => workflow.links[link]?.to.node === event.node),
    );
    const allowed = Math.max(maxRetries + 1, ...deliveries.map(({ maxDeliveries }) => maxDeliveries));
    if (cell.failures > allowed || cell.waits > maxRetries + 1) fault("I8: more failed attempts than allowed");
  }
}

function isEnd(event: RunEvent): boolean {
  return (
    (event.type === "run.completed" || event.type === "run.failed" || event.type === "run.closed") && event.run === 0
  );
}
