import type { Json } from "../contracts/json.js";
import { type NodeText, nodeTexts, valueText } from "./event-text.js";
import type { ExpressJournal } from "./express-journal.js";
import type { ExpressPlan, ExpressStep } from "./express-plan.js";
import { Several } from "./several.js";

export type TextRules = {
  /** Longer texts of values do not stand in a journal. */
  readonly maxLength: number;
  /** In UTF-8. */
  bytesOf(text: string): number;
  sizeOf(value: Json): number;
};

/** Not known: to be measured. */
const UNKNOWN = -1;

const inline = (json: Json): { readonly json: Json } => ({ json });

/**
 * The events of an express journal as text, as `JSON.stringify` gives it for those that the journal makes: written from what is the same
 * for every run, and each value's text is made once.
 */
export class JournalText {
  readonly #plan: ExpressPlan;
  readonly #journal: ExpressJournal;
  readonly #rules: TextRules;
  readonly #nodes: readonly NodeText[];
  /** By node: the text of its only port's value, until it is written. */
  readonly #values: (string | undefined)[] = [];
  /** By node: bytes of that text. */
  readonly #bytes: Int32Array;
  #at = 0;
  #atText = "0";

  constructor(plan: ExpressPlan, journal: ExpressJournal, rules: TextRules) {
    this.#plan = plan;
    this.#journal = journal;
    this.#rules = rules;
    this.#nodes = nodeTexts(plan, rules.bytesOf);
    this.#bytes = new Int32Array(plan.nodes.length).fill(UNKNOWN);
  }

  /** What a node gave, before its end is journaled. False: it is too large to stand in a journal. */
  takes(node: number, value: Json | Several | undefined): boolean {
    const { maxLength, bytesOf } = this.#rules;
    if (value === undefined) return true;
    const only = this.#onlyOf(node, value);
    if (only === undefined)
      return Object.values((value as Several).ports).every((one) => JSON.stringify(one).length <= maxLength);
    const text = valueText(only);
    if (text.length > maxLength) return false;
    this.#values[node] = text;
    this.#bytes[node] = bytesOf(text);
    return true;
  }

  /** The list of all events with numbers above `after`. */
  since(after: number): string {
    const { last } = this.#journal;
    let text = `[${this.#event(after + 1)}`;
    for (let seq = after + 2; seq <= last; seq++) text += `,${this.#event(seq)}`;
    return `${text}]`;
  }

  #event(seq: number): string {
    const record = this.#journal.recordOf(seq);
    if (record === undefined) return this.#whole(seq);
    const node = record >> 1;
    if ((record & 1) === 0) return `{"seq":${seq},"at":${this.#time(seq)}${this.#nodes[node]?.started ?? ""}`;
    return this.#values[node] === undefined ? this.#whole(seq) : this.#end(seq, node);
  }

  /** The value of the node's only port; undefined: it gave others, or none. */
  #onlyOf(node: number, value: Json | Several): Json | undefined {
    if (!(value instanceof Several)) return value;
    const { only } = this.#plan.nodes[node] as ExpressStep;
    if (only === undefined) return undefined;
    for (const port in value.ports) if (port !== only.name) return undefined;
    return value.ports[only.name];
  }

  #end(seq: number, node: number): string {
    const { ended, before, after } = this.#nodes[node] as NodeText;
    const journal = this.#journal;
    const value = this.#values[node] as string;
    this.#values[node] = undefined;
    const head = `{"seq":${seq},"at":${this.#time(seq)}`;
    if (this.#plan.kindOf[node] === -1) return `${head}${before}${value}${after}}`;
    const sizes = `"inputBytes":${this.#inputBytes(node)},"outputBytes":${this.#outputBytes(node)}`;
    const usage = `${journal.tookMs(node)},"cpuMs":null,"peakMemoryBytes":null,${sizes}}}`;
    return `${head}${ended}${journal.attemptOf(node)}${before}${value}${after}${usage}`;
  }

  #time(seq: number): string {
    const at = this.#journal.timeOf(seq);
    if (at !== this.#at) this.#atText = String(at);
    this.#at = at;
    return this.#atText;
  }

  #inputBytes(node: number): number {
    const { sources } = this.#plan;
    const step = this.#plan.nodes[node] as ExpressStep;
    let sum = this.#nodes[node]?.inputBytes ?? UNKNOWN;
    if (sum < 0) return this.#measured(node);
    for (const { feed } of step.inputs) {
      const bytes = this.#bytes[sources[feed.start] ?? 0] ?? UNKNOWN;
      if (bytes < 0) return this.#measured(node);
      sum += bytes;
    }
    return sum;
  }

  #measured(node: number): number {
    return this.#journal.inputBytes(this.#plan.nodes[node] as ExpressStep, this.#rules.sizeOf);
  }

  #outputBytes(node: number): number {
    return (this.#nodes[node]?.outputBytes ?? 0) + (this.#bytes[node] ?? 0);
  }

  /** As the journal makes it. */
  #whole(seq: number): string {
    return JSON.stringify(this.#journal.eventNow(seq, inline, this.#rules.sizeOf));
  }
}
