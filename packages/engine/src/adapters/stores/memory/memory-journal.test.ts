import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RunEvent } from "../../../kernel/event.js";
import { MemoryJournal } from "./memory-journal.js";

const number = fc.oneof(fc.nat(), fc.double(), fc.constantFrom(-0, -1, 0.1, 2 ** 26, 2 ** 40, Number.NaN));
const cell = {
  at: fc.oneof(fc.nat(), fc.constant(1_700_000_000_000.5)),
  run: fc.nat(3),
  node: fc.nat(2_000_000),
  n: fc.integer({ min: 1, max: 3 }),
  c: fc.nat(2),
};
const plain = { ...cell, run: fc.constant(0), n: fc.constant(1), c: fc.constant(0) };
const handle = fc.oneof(
  fc.record({ json: fc.jsonValue() }),
  fc.record({ json: number }),
  fc.constant({ blob: "b", sizeBytes: 9 }),
);
const usage = fc.record({
  durationMs: number,
  cpuMs: fc.option(number),
  peakMemoryBytes: fc.option(fc.nat()),
  inputBytes: number,
  outputBytes: fc.nat(),
});
const started = (at: typeof cell) =>
  fc.record({
    type: fc.constant("attempt.started"),
    ...at,
    attempt: fc.integer({ min: 1, max: 2 }),
    fallback: fc.boolean(),
  });
const succeeded = (at: typeof cell) =>
  fc.record(
    {
      type: fc.constant("attempt.succeeded"),
      ...at,
      id: fc.nat(),
      out: fc.dictionary(fc.constantFrom("out", "other", "__proto__"), handle, { maxKeys: 2 }),
      links: fc.oneof(fc.constant([1, 1]), fc.array(fc.constantFrom(0, 1, { closed: "no" }), { maxLength: 4 })),
      usage,
      cache: fc.constant({ key: "k", outcome: "miss" }),
      request: fc.constant("asked"),
    },
    { requiredKeys: ["type", "at", "run", "node", "n", "c", "id", "out", "links"] },
  );
const other = fc.record({ type: fc.constant("run.paused"), at: fc.nat(), by: fc.string() });
const anyEvent = fc.oneof(started(cell), started(plain), succeeded(cell), succeeded(plain), other);

function numbered(contents: readonly object[]): RunEvent[] {
  return contents.map((content, index) => ({ seq: index + 1, ...content }) as RunEvent);
}

function asText(events: readonly RunEvent[]): unknown {
  return JSON.parse(JSON.stringify(events));
}

describe("memory journal", () => {
  it("read: any part is what the JSON text of the events would give", () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 80 }), fc.nat(90), fc.nat(90), (contents, after, limit) => {
        const events = numbered(contents);
        const journal = new MemoryJournal();
        for (const event of events) journal.append(event);
        expect(journal.read(0)).toEqual(asText(events));
        expect(journal.read(after, limit)).toEqual(asText(events.slice(after, after + limit)));
      }),
      { numRuns: 300 },
    );
  });

  it("cut: what was added after the mark is gone, and others may follow", () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 70 }), fc.nat(70), (contents, at) => {
        const events = numbered(contents);
        const kept = Math.min(at, events.length);
        const journal = new MemoryJournal();
        for (const event of events.slice(0, kept)) journal.append(event);
        const mark = journal.mark();
        for (const event of events.slice(kept)) journal.append(event);
        journal.cut(mark);
        expect(journal.read(0)).toEqual(asText(events.slice(0, kept)));
        for (const event of events.slice(kept)) journal.append(event);
        expect(journal.read(0)).toEqual(asText(events));
      }),
    );
  });

  it("memory: a plain step takes a few numbers, and no text", () => {
    const journal = new MemoryJournal();
    const stringify = JSON.stringify;
    let texts = 0;
    JSON.stringify = ((value: unknown) => {
      texts += 1;
      return stringify(value);
    }) as typeof JSON.stringify;
    try {
      for (let step = 0; step < 100; step++) {
        const at = { at: 1.7e12, run: 0, node: step, n: 1, c: 0 };
        const use = { durationMs: 0.25, cpuMs: 0.2, peakMemoryBytes: null, inputBytes: 2, outputBytes: 9 };
        journal.append({ seq: 2 * step + 1, ...at, type: "attempt.started", attempt: 1, fallback: false });
        const out = { out: { json: step } };
        journal.append({
          seq: 2 * step + 2,
          ...at,
          type: "attempt.succeeded",
          id: 2 * step + 1,
          out,
          links: [1],
          usage: use,
        });
      }
    } finally {
      JSON.stringify = stringify;
    }
    expect(texts).toBe(0);
    expect(journal.mark().numbers).toBe(100 * 8);
  });
});
