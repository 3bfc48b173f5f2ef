import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRuntime, defineStep } from "@nanobrain/engine";
import { expect, test } from "vitest";
import { z } from "zod";

const document = `name: queue
steps:
  source: { class: Source }
  a: { class: Sink, cache: off }
  b: { class: Sink, cache: off }
links:
  rows: { class: QueueLink, config: { source: source.out, targets: [a.in, b.in], capacity: 100 } }
`;

/** Emits so many items through a queue that holds them back; microseconds per item and the memory that is left over. */
async function pass(items: number, isDurable: boolean): Promise<{ usPerItem: number; leftBytes: number }> {
  const folder = mkdtempSync(join(tmpdir(), "nanobrain-queue-"));
  writeFileSync(join(folder, "queue.yml"), document);
  let taken = 0;
  const source = defineStep({
    class: "Source",
    version: "1",
    inputs: {},
    outputs: { out: z.number().optional() },
    async run({ emit }) {
      for (let item = 0; item < items; item++) await emit("out", item);
      return {};
    },
  });
  const sink = defineStep({
    class: "Sink",
    version: "1",
    inputs: { in: z.number() },
    outputs: {},
    run() {
      taken++;
      return {};
    },
  });
  const runtime = await createRuntime({ store: isDurable ? join(folder, "store") : "memory", steps: [source, sink] });
  try {
    const loaded = await runtime.load(join(folder, "queue.yml"));
    const before = process.memoryUsage().rss;
    const began = performance.now();
    const result = await (await runtime.start(loaded, {})).result();
    expect([result.status, taken]).toEqual(["completed", items]);
    const usPerItem = ((performance.now() - began) * 1000) / items;
    return { usPerItem, leftBytes: process.memoryUsage().rss - before };
  } finally {
    await runtime.close();
    rmSync(folder, { recursive: true });
  }
}

test.each([true, false])(
  "a queue that holds back, durable %s: ten times the items, no more time for each",
  async (isDurable) => {
    await pass(100, isDurable);
    const few = await pass(1000, isDurable);
    const many = await pass(10_000, isDurable);
    process.stdout.write(`${JSON.stringify({ isDurable, few, many })}\n`);
    expect(many.usPerItem / few.usPerItem).toBeLessThan(3);
    if (isDurable) expect(many.leftBytes).toBeLessThan(150_000_000);
  },
);
