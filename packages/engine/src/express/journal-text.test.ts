import { describe, expect, it } from "vitest";
import type { RunEvent } from "../kernel/event.js";
import { sizeOf } from "../runtime/express/express-result.js";
import { ExpressRig } from "../testing/express-rig.js";
import { type DagOptions, type PlainDag, plainDag } from "../testing/plain-dag.js";
import { seededRandom } from "../testing/seeded-random.js";
import { HEADER } from "./express-journal.js";
import { JournalText, type TextRules } from "./journal-text.js";
import type { ExpressDisk } from "./outside.js";
import { Several } from "./several.js";

const rules: TextRules = { maxLength: 8192, bytesOf: (text) => Buffer.byteLength(text), sizeOf };

/** A rig whose disk keeps texts at once, as often as it is asked to. */
function rigOf(dag: PlainDag): { readonly rig: ExpressRig; readonly lists: readonly string[] } {
  const lists: string[] = [];
  let text: JournalText | undefined;
  let given = HEADER;
  const textOf = (): JournalText => (text ??= new JournalText(rig.plan, rig.run.journal, rules));
  const disk: ExpressDisk = {
    takes: (node, value) => textOf().takes(node, value),
    save: () => {
      lists.push(textOf().since(given));
      given = rig.run.journal.last;
      return true;
    },
  };
  const rig: ExpressRig = new ExpressRig(dag, 1024, undefined, undefined, disk);
  return { rig, lists };
}

const inline = (json: unknown) => ({ json }) as { readonly json: never };

describe("journal text", () => {
  it.each<DagOptions>([{}, { absences: true }])(
    "random plain workflows, %j: byte for byte what JSON.stringify gives of the events",
    async (options) => {
      let events = 0;
      for (let seed = 0; seed < 150; seed++) {
        const random = seededRandom(`text ${seed}`);
        const { rig, lists } = rigOf(plainDag(seed, options));
        rig.run.begin();
        await rig.finish(random);
        const made = rig.run.journal.eventsNow(HEADER, inline, sizeOf);
        const read = lists.flatMap((list) => JSON.parse(list) as RunEvent[]);
        const stamps = new Map(made.map((event) => [event.seq, JSON.stringify(event)]));
        const bodies = lists.map(
          (list) => `[${(JSON.parse(list) as RunEvent[]).map(({ seq }) => stamps.get(seq)).join(",")}]`,
        );
        expect({ seed, lists }).toEqual({ seed, lists: bodies });
        if (rig.isCompleted) expect(read.map(({ seq }) => seq)).toEqual(made.map(({ seq }) => seq));
        events += read.length;
      }
      expect(events).toBeGreaterThan(2000);
    },
  );

  it("odd values: texts of any alphabet, numbers of any size, ports that need quoting", () => {
    const values = ['a"b\\c\n\u2028é😀', 1e21, -1e-7, 0, "", [], {}, [1, "x", null, { 'k"': true }], null, false];
    const dag = plainDag("odd", { steps: 1 });
    for (const value of values) {
      for (const kept of [value, new Several({ out: value as never }), new Several({ 'o"': 1, out: value as never })]) {
        const { rig } = rigOf(dag);
        const { journal } = rig.run;
        const text = new JournalText(rig.plan, journal, rules);
        const node = rig.plan.kindOf.findIndex((kind) => kind >= 0);
        journal.started(node, 5);
        expect(text.takes(node, kept as never)).toBe(true);
        journal.ended(node, 6, kept as never, 0.1234);
        expect(text.since(HEADER)).toBe(JSON.stringify(journal.eventsNow(HEADER, inline, sizeOf)));
      }
    }
  });

  it("large values: those that the journal does not take are refused, at the very length", () => {
    const { rig } = rigOf(plainDag("large", { steps: 1 }));
    const text = new JournalText(rig.plan, rig.run.journal, rules);
    const node = rig.plan.kindOf.findIndex((kind) => kind >= 0);
    const takes = (value: unknown) => text.takes(node, value as never);
    expect([takes("x".repeat(8190)), takes("x".repeat(8191))]).toEqual([true, false]);
    expect([
      takes(new Several({ a: "x".repeat(8190), b: 1 })),
      takes(new Several({ a: 1, b: "x".repeat(8191) })),
    ]).toEqual([true, false]);
  });
});
