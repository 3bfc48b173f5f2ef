import { type Amounts, type CallWish, plus } from "../contracts/spending.js";
import { nanobrainError } from "../errors/nanobrain-error.js";
import type { Cell } from "../kernel/event.js";
import { isCurrent } from "../kernel/fence.js";
import type { RunTree } from "../kernel/state.js";
import { type Account, grantOf, type Refusal } from "./account.js";
import { type Calling, callerOf, spentByCalled } from "./called-runs.js";
import type { HostParts } from "./parts.js";

type Hold = { readonly amounts: Amounts; readonly accounts: readonly Account[] };
type Called = { readonly within: number; readonly spent: Amounts };
type Above = { readonly ledger: Ledger; readonly within: number };

/**
 * What a run and the runs that its steps call have used up, against the budgets of their documents. L1. What was spent is what the
 * journals say, so it outlives this process. L2. Nothing is called before what it may use up is set aside in all budgets that it counts in.
 */
export class Ledger {
  readonly #parts: Pick<HostParts, "store" | "ledgerOf">;
  readonly #tree: RunTree;
  readonly #accounts = new Map<number, Account>();
  readonly #called = new Map<string, Called>();
  /** By attempt and name of the call. */
  readonly #held = new Map<number, Map<string, Hold>>();
  #calling: Promise<Calling | undefined> | undefined;
  #known: Promise<void> | undefined;

  constructor(parts: Pick<HostParts, "store" | "ledgerOf">, tree: RunTree) {
    this.#parts = parts;
    this.#tree = tree;
  }

  /** Says what the call may use up, when there is room. Throws E_RUN_BUDGET. Null: the call failed, and nothing of it counts. */
  async reserve(cell: Cell, id: number, name: string, wish: CallWish | null): Promise<Amounts> {
    if (wish === null) this.#give(id, name);
    const accounts = wish === null ? [] : await this.#accountsFor(cell.run);
    if (wish === null || accounts.length === 0) return {};
    for (;;) {
      if (!isCurrent(this.#tree, cell, id))
        throw nanobrainError("E_CANCELLED", { reason: "the attempt is no longer the current one" });
      const room = roomIn(accounts, wish);
      if (room !== undefined) {
        this.#hold(id, name, { amounts: setAside(wish, room), accounts });
        return room;
      }
      await new Promise<void>((resolve) => {
        for (const { waiting } of accounts) waiting.add(resolve);
      });
    }
  }

  /** The call is on disk with what it used up. */
  settle(id: number, name: string, spent: Amounts): void {
    const give = (): void => this.#give(id, name);
    this.#tellAbove(spent).then(give, give);
  }

  /** The attempt is over. */
  release(id: number): void {
    const held = this.#held.get(id);
    if (held !== undefined) for (const name of [...held.keys()]) this.#give(id, name);
  }

  /** A run that is called from here: what it used up so far. */
  called(runId: string, within: number, spent: Amounts): void {
    this.#called.set(runId, { within, spent });
  }

  async #tellAbove(spent: Amounts): Promise<void> {
    const above = await this.#above();
    if (above === undefined) return;
    const { ledger, within } = above;
    const before = ledger.#called.get(this.#tree.id)?.spent ?? {};
    ledger.called(this.#tree.id, within, plus(before, spent));
    await ledger.#tellAbove(spent);
  }

  #hold(id: number, name: string, hold: Hold): void {
    const held = this.#held.get(id) ?? new Map<string, Hold>();
    this.#held.set(id, held.set(name, hold));
    for (const account of hold.accounts) account.held.add(hold.amounts);
  }

  #give(id: number, name: string): void {
    const held = this.#held.get(id);
    const hold = held?.get(name);
    if (held === undefined || hold === undefined) return;
    held.delete(name);
    if (held.size === 0) this.#held.delete(id);
    for (const { held, waiting } of hold.accounts) {
      held.delete(hold.amounts);
      for (const resolve of waiting) resolve();
      waiting.clear();
    }
  }

  /** The budgets that a call counts in: of the run, of those it is a part of, and of those that called them. */
  async #accountsFor(run: number): Promise<readonly Account[]> {
    const above = await this.#above();
    const outer = above === undefined ? [] : await above.ledger.#accountsFor(above.within);
    const own: Account[] = [];
    for (let at = this.#tree.runs[run]; at !== undefined; ) {
      const { budget, name } = at.workflow;
      if (budget !== undefined) own.push(this.#account(at.index, name, budget));
      at = at.parent === null ? undefined : this.#tree.runs[at.parent.run];
    }
    // A run may have called others in a process that is gone.
    if (own.length > 0) {
      this.#known ??= this.#learnCalled();
      await this.#known;
    }
    return [...own, ...outer];
  }

  #account(run: number, workflow: string, limits: Amounts): Account {
    const known = this.#accounts.get(run);
    if (known !== undefined) return known;
    const made = {
      workflow,
      limits,
      spent: () => this.#spent(run),
      held: new Set<Amounts>(),
      waiting: new Set<() => void>(),
    };
    this.#accounts.set(run, made);
    return made;
  }

  #spent(run: number): Amounts {
    const called = [...this.#called.values()].filter(({ within }) => this.#isWithin(within, run));
    return called.reduce((sum, { spent }) => plus(sum, spent), this.#tree.spent[run] ?? {});
  }

  #isWithin(inner: number, outer: number): boolean {
    for (let at: number | undefined = inner; at !== undefined; at = this.#tree.runs[at]?.parent?.run)
      if (at === outer) return true;
    return outer === 0;
  }

  async #learnCalled(): Promise<void> {
    const { store } = this.#parts;
    for (const { runId, within, spent } of await spentByCalled(store, this.#tree))
      if (!this.#called.has(runId)) this.called(runId, within, spent);
  }

  /** The ledger of the run that called this one, if this process drives it. */
  async #above(): Promise<Above | undefined> {
    this.#calling ??= callerOf(this.#parts.store, this.#tree.id);
    const calling = await this.#calling;
    const ledger = calling === undefined ? undefined : this.#parts.ledgerOf?.(calling.runId);
    return calling === undefined || ledger === undefined ? undefined : { ledger, within: calling.within };
  }
}

/** What all budgets allow. Undefined: calls under way may leave enough. Throws E_RUN_BUDGET. */
function roomIn(accounts: readonly Account[], wish: CallWish): Amounts | undefined {
  let room: Amounts = {};
  let waits = false;
  for (const account of accounts) {
    const grant = grantOf(account, wish);
    if ("room" in grant) room = least(room, grant.room);
    else if (grant.refused === "wait") waits = true;
    else throw exhausted(account, grant.refused);
  }
  return waits ? undefined : room;
}

function exhausted({ workflow, spent }: Account, { key, what }: Exclude<Refusal, "wait">): Error {
  const hint =
    what === "what the next call of a model costs is not known"
      ? "Give the agent's model a price, or leave budget.usd out."
      : `Raise budget.${key} of ${workflow} and go on with \`nanobrain resume RUN --updated\`, or ask for less.`;
  return nanobrainError("E_RUN_BUDGET", { workflow, key, what, spent: { ...spent() } }, { hint });
}

function least(one: Amounts, other: Amounts): Amounts {
  const both: { -readonly [Key in keyof Amounts]: number } = { ...one };
  for (const [key, amount] of Object.entries(other) as [keyof Amounts, number][])
    both[key] = Math.min(both[key] ?? amount, amount);
  return both;
}

/** Time passes for calls side by side: of it nothing is set aside. */
function setAside({ least: needed, most }: CallWish, room: Amounts): Amounts {
  const { ms: _, ...amounts } = plus(needed, {});
  const held: { -readonly [Key in keyof Amounts]: number } = amounts;
  for (const key of ["tokens", "usd"] as const) {
    const granted = room[key];
    if (granted !== undefined) held[key] = Math.min(granted, most[key] ?? granted);
  }
  return held;
}
