import type { Usage } from "../../../contracts/executor.js";
import type { Json } from "../../../contracts/json.js";
import type { PortValues, RunEvent } from "../../../kernel/event.js";

type Of<Type extends RunEvent["type"]> = Extract<RunEvent, { readonly type: Type }>;
type Started = Of<"attempt.started">;
type Succeeded = Of<"attempt.succeeded"> & { readonly usage: Usage };

/*
 * An event is one or more numbers: a code, then what its kind takes; and the texts and values beside them.
 * Code: kind + 4 if it is wide + 8 * node. Wide ones say run, activation and cell, others are of 0, 1 and 0.
 */
const TEXT = 0;
const STARTED = 1;
const SUCCEEDED = 2;
/** The same, its outputs as one JSON text instead of the name and plain value of one port. */
const SUCCEEDED_TEXT = 3;
const WIDE = 4;
const NODE = 8;

/** Where reading may begin: every so many events. */
const MARK_EVERY = 32;
/** Two sizes up to this share one number; a negative one says that the peak of memory follows. */
const SIZE = 2 ** 26;
/** An id and the number of links share one. */
const LINKS = 2 ** 16;

type Mark = { readonly count: number; readonly numbers: number; readonly values: number; readonly marks: number };

/**
 * The events of one run, numbered from 1. The two kinds that every step has take some 100 bytes instead of some 400, and nobody can
 * change them; what is read is made anew, the same as its JSON text would give.
 */
export class MemoryJournal {
  readonly #numbers: number[] = [];
  /** Port names, plain values and JSON texts. */
  readonly #values: (string | number | boolean | null)[] = [];
  /** Two for each mark: lengths of numbers and values before it. */
  readonly #marks: number[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  append(event: RunEvent): void {
    if (this.#count % MARK_EVERY === 0) this.#marks.push(this.#numbers.length, this.#values.length);
    if (event.type === "attempt.started" && isPlainStart(event)) this.#started(event);
    else if (event.type === "attempt.succeeded" && isPlainSuccess(event)) this.#succeeded(event);
    else this.#text(JSON.stringify(event));
    this.#count += 1;
  }

  /** Where it ends now, to cut it there again. */
  mark(): Mark {
    const { length: numbers } = this.#numbers;
    return { count: this.#count, numbers, values: this.#values.length, marks: this.#marks.length };
  }

  cut({ count, numbers, values, marks }: Mark): void {
    this.#count = count;
    this.#numbers.length = numbers;
    this.#values.length = values;
    this.#marks.length = marks;
  }

  /** Events with numbers above `after`, at most `limit` and none above `until`. */
  read(after: number, limit = Number.POSITIVE_INFINITY, until = this.#count): RunEvent[] {
    const last = Math.min(until, this.#count, after + limit);
    const events: RunEvent[] = [];
    if (last <= after) return events;
    const mark = Math.floor(after / MARK_EVERY);
    const cursor = { number: this.#marks[2 * mark] ?? 0, value: this.#marks[2 * mark + 1] ?? 0 };
    for (let seq = mark * MARK_EVERY + 1; seq <= last; seq++) {
      const event = this.#next(seq, cursor);
      if (seq > after) events.push(event);
    }
    return events;
  }

  #text(text: string): void {
    this.#numbers.push(TEXT);
    this.#values.push(text);
  }

  #code(kind: number, { run, node, n, c }: Started | Succeeded, at: number): void {
    const isWide = run !== 0 || n !== 1 || c !== 0;
    this.#numbers.push(kind + (isWide ? WIDE : 0) + NODE * node, at);
    if (isWide) this.#numbers.push(run, n, c);
  }

  #started(event: Started): void {
    this.#code(STARTED, event, event.at);
  }

  #succeeded(event: Succeeded): void {
    const { id, out, links, usage } = event;
    const port = onlyPort(out);
    const value = port === undefined ? undefined : plainValue(out, port);
    const isOne = port !== undefined && value !== undefined;
    this.#code(isOne ? SUCCEEDED : SUCCEEDED_TEXT, event, event.at);
    const sizes = usage.inputBytes * SIZE + usage.outputBytes;
    const { peakMemoryBytes: peak } = usage;
    this.#numbers.push(id * LINKS + links.length, usage.durationMs + 0, (usage.cpuMs ?? -1) + 0);
    if (peak === null) this.#numbers.push(sizes);
    else this.#numbers.push(-1 - sizes, peak);
    if (isOne) this.#values.push(port, value);
    else this.#values.push(JSON.stringify(out));
  }

  #next(seq: number, cursor: { number: number; value: number }): RunEvent {
    const code = this.#numberAt(cursor);
    const kind = code % WIDE;
    if (kind === TEXT) return JSON.parse(String(this.#valueAt(cursor))) as RunEvent;
    const at = this.#numberAt(cursor);
    const node = Math.floor(code / NODE);
    const isWide = code % NODE >= WIDE;
    const run = isWide ? this.#numberAt(cursor) : 0;
    const n = isWide ? this.#numberAt(cursor) : 1;
    const c = isWide ? this.#numberAt(cursor) : 0;
    if (kind === STARTED) return { seq, at, type: "attempt.started", run, node, n, c, attempt: 1, fallback: false };
    const idAndLinks = this.#numberAt(cursor);
    const links = new Array<1>(idAndLinks % LINKS).fill(1);
    const usage = this.#usageAt(cursor);
    const out = kind === SUCCEEDED ? this.#onePort(cursor) : (JSON.parse(String(this.#valueAt(cursor))) as PortValues);
    const id = Math.floor(idAndLinks / LINKS);
    return { seq, at, type: "attempt.succeeded", run, node, n, c, id, out, links, usage };
  }

  #usageAt(cursor: { number: number }): Usage {
    const durationMs = this.#numberAt(cursor);
    const cpuMs = this.#numberAt(cursor);
    const signed = this.#numberAt(cursor);
    const sizes = signed < 0 ? -1 - signed : signed;
    const inputBytes = Math.floor(sizes / SIZE);
    return {
      durationMs,
      cpuMs: cpuMs < 0 ? null : cpuMs,
      peakMemoryBytes: signed < 0 ? this.#numberAt(cursor) : null,
      inputBytes,
      outputBytes: sizes % SIZE,
    };
  }

  #onePort(cursor: { value: number }): PortValues {
    const port = String(this.#valueAt(cursor));
    return { [port]: { json: this.#valueAt(cursor) } };
  }

  #numberAt(cursor: { number: number }): number {
    return this.#numbers[cursor.number++] ?? 0;
  }

  #valueAt(cursor: { value: number }): string | number | boolean | null {
    return this.#values[cursor.value++] ?? null;
  }
}

function isPlainStart({ attempt, fallback, at, request }: Started): boolean {
  return attempt === 1 && !fallback && request === undefined && Number.isFinite(at);
}

function isPlainSuccess(event: Of<"attempt.succeeded">): event is Succeeded {
  const { usage, cache, request, links, at, id } = event;
  if (usage === undefined || cache !== undefined || request !== undefined || !Number.isFinite(at)) return false;
  if (!isPlainUsage(usage) || links.length >= LINKS || id >= 2 ** 36) return false;
  for (const finding of links) if (finding !== 1) return false;
  return true;
}

function isPlainUsage({ durationMs, cpuMs, peakMemoryBytes, inputBytes, outputBytes }: Usage): boolean {
  if (!(peakMemoryBytes === null || Number.isSafeInteger(peakMemoryBytes)) || !Number.isFinite(durationMs))
    return false;
  if (cpuMs !== null && !(Number.isFinite(cpuMs) && cpuMs >= 0)) return false;
  return isSize(inputBytes) && isSize(outputBytes);
}

function isSize(bytes: number): boolean {
  return Number.isInteger(bytes) && bytes >= 0 && bytes < SIZE;
}

function onlyPort(out: PortValues): string | undefined {
  const ports = Object.keys(out);
  return ports.length === 1 && ports[0] !== "__proto__" ? ports[0] : undefined;
}

/** What fits beside the numbers as it is. */
function plainValue(out: PortValues, port: string): string | number | boolean | null | undefined {
  const handle = out[port];
  const value: Json | undefined = handle !== undefined && "json" in handle ? handle.json : undefined;
  if (typeof value === "number") return Number.isFinite(value) ? value + 0 : undefined;
  return typeof value === "object" && value !== null ? undefined : (value as string | boolean | null | undefined);
}
