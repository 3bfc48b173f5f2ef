import type { Json } from "../../contracts/json.js";
import type { StoreBatch } from "../../contracts/store.js";
import { HEADER } from "../../express/express-journal.js";
import type { ExpressPlan } from "../../express/express-plan.js";
import { JournalText, type TextRules } from "../../express/journal-text.js";
import type { ExpressDisk } from "../../express/outside.js";
import type { Several } from "../../express/several.js";
import { INLINE_LIMIT } from "../../values/values.js";
import type { ExpressCommits, Keeper } from "./express-commits.js";
import { sizeOf } from "./express-result.js";
import type { Shelved } from "./shelf.js";

const rules: TextRules = { maxLength: INLINE_LIMIT, bytesOf: (text) => Buffer.byteLength(text), sizeOf };

export type RunOnDiskParts = Shelved & { readonly commits: ExpressCommits };

/** The journal of one run on its way to the store. D1. Each event is given to the store once, in order. */
export class RunOnDisk implements ExpressDisk, Keeper {
  readonly #plan: ExpressPlan;
  readonly #it: RunOnDiskParts;
  #made: JournalText | undefined;
  /** Number of the last event that was given to the store. */
  #given = HEADER;
  #settling: { resolve(): void; reject(error: unknown): void } | undefined;
  #fault: { readonly error: unknown } | undefined;

  constructor(plan: ExpressPlan, it: RunOnDiskParts) {
    this.#plan = plan;
    this.#it = it;
  }

  get #text(): JournalText {
    this.#made ??= new JournalText(this.#plan, this.#it.run().journal, rules);
    return this.#made;
  }

  takes(node: number, value: Json | Several | undefined): boolean {
    return this.#text.takes(node, value);
  }

  save(isAlone: boolean): boolean {
    return this.#it.commits.save(this, isAlone);
  }

  batch(): StoreBatch {
    const { last, completedAt, head } = this.#it.run().journal;
    const first = this.#given + 1;
    this.#given = last;
    const text = { first, last, list: this.#text.since(first - 1) };
    const batch = { runId: head.created.id, events: [], text };
    return completedAt < 0 ? batch : { ...batch, record: this.#it.record() };
  }

  kept(): void {
    this.#it.run().kept(this.#given);
    this.#settle();
  }

  lost(error: unknown): void {
    this.#fault = { error };
    this.#it.lost(error);
    this.#settle();
  }

  /** Resolves when all that a run has journaled, which has stopped, is on disk. */
  settled(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#settling = { resolve, reject };
      this.#settle();
    });
  }

  #settle(): void {
    if (this.#settling === undefined) return;
    if (this.#fault !== undefined) this.#settling.reject(this.#fault.error);
    else if (this.#it.run().keeping?.save(false) !== false) this.#settling.resolve();
  }
}
