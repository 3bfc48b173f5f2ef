import { test } from "vitest";
import { z } from "zod";
import { changeFaults, changes } from "../chaos/changing.js";
import { duplicateFaults, duplicates } from "../chaos/duplicates.js";
import { hostileFaults, hostileWays } from "../chaos/hostile.js";
import { heapSlope, type LoadName, load, poisonFaults } from "../chaos/loads.js";
import { campaign, type Ledger } from "./ledger.js";

/** `EVENTS=100000 npm run trust -- data`: what goes through one engine; the rest in proportion. */
const events = Number(process.env["EVENTS"] ?? 1_000_000);
const part = Math.min(1, events / 1_000_000);
const sized = (whole: number): number => Math.max(200, Math.round(whole * part));

test("data: hostile values, poison, big payloads, slow consumers, duplicates, loads", async () => {
  await campaign("data", ["G6", "G22", "G23"], async (ledger) => {
    await hostile(ledger);
    await queues(ledger);
    await payloads(ledger);
    await many(ledger);
    await million(ledger);
    await planted(ledger);
  });
});

async function hostile(ledger: Ledger): Promise<void> {
  for (const [way, executor] of hostileWays)
    await ledger.point(`${way} on ${executor}`, async (injected) => {
      const { count, faults } = await hostileFaults(way, executor);
      injected("F44 a value that no journal holds, or that looks so", count);
      return faults;
    });
  for (const [what, tries, status, attempts] of changes)
    await ledger.point(`${what}, where a number is declared`, async (injected) => {
      injected("F50 a result that changes its type between attempts", tries.length);
      return changeFaults(tries, status, attempts);
    });
  for (const kind of duplicates)
    await ledger.point(`${kind} five times`, async (injected) => {
      injected("F46 the same request five times at once", 5);
      return duplicateFaults(kind);
    });
}

async function queues(ledger: Ledger): Promise<void> {
  await ledger.point("poison in a queue", async (injected) => {
    const items = sized(20_000);
    const clean = await load("events", items);
    const poisoned = await load("poison", items);
    injected("F42 an item that fails whoever takes it", Math.floor(items / 100));
    ledger.note("CPU time with 1 % poison / without", ratio(poisoned.cpuMs, clean.cpuMs));
    return poisonFaults(poisoned, items);
  });
  await ledger.point("a slow consumer", async (injected) => {
    const items = sized(20_000);
    const slow = await load("slow", items, ["--expose-gc"]);
    injected("F45 a consumer slower than its producer", items);
    ledger.note("heap bytes per event behind a slow consumer", heapSlope(slow.heap).toFixed(2));
    return [
      ...(slow.taken === items && slow.isOrdered
        ? []
        : [`${slow.taken} of ${items} taken, in order ${slow.isOrdered}`]),
      ...(heapSlope(slow.heap) < 8 ? [] : ["memory grows while the consumer is slow"]),
    ];
  });
}

async function payloads(ledger: Ledger): Promise<void> {
  const idle = (await load("huge", 1)).peakBytes;
  for (const [what, sizeBytes] of [
    ["huge", 1e6],
    ["huge", 1e7],
    ["huge", 6e7],
    ["file", 1e8],
  ] as const)
    await ledger.point(`${what} of ${sizeBytes} bytes`, async (injected) => {
      const { outputBytes, peakBytes } = await load(what, sizeBytes);
      injected("F43 a payload of 1 to 100 MB");
      ledger.note(
        `peak memory over an idle engine's / ${what} of ${sizeBytes / 1e6} MB`,
        ratio(peakBytes - idle, sizeBytes),
      );
      return outputBytes === sizeBytes ? [] : [`${outputBytes} bytes came back`];
    });
  await ledger.point("a payload over the limit", async (injected) => {
    const { failure = "" } = await load("huge", 1e8);
    injected("F43 a payload of 1 to 100 MB");
    return failure.includes("67108864 bytes") ? [] : [`the limit is not named: ${failure}`];
  });
}

/** Ten times the size takes at most twelve times the CPU time. */
async function many(ledger: Ledger): Promise<void> {
  const loads: readonly (readonly [LoadName, number])[] = [
    ["runs", 10_000],
    ["steps", 9_990],
    ["map", 100_000],
  ];
  for (const [what, whole] of loads)
    await ledger.point(`${what}, many`, async (injected) => {
      const [few, all] = [await load(what, whole / 10), await load(what, whole)];
      injected(`F49 ${whole} ${what} at once`);
      ledger.note(`CPU time of ${whole} ${what} / of a tenth`, ratio(all.cpuMs, few.cpuMs));
      return all.completed === (what === "runs" ? whole : 1) && all.cpuMs < 12 * few.cpuMs
        ? []
        : [`${all.completed} completed in ${all.cpuMs} ms, a tenth in ${few.cpuMs} ms`];
    });
}

async function million(ledger: Ledger): Promise<void> {
  await ledger.point("a million events", async (injected) => {
    const through = await load("events", Math.round(events / 3), ["--expose-gc"]);
    injected("F48 events through one engine", through.events);
    ledger.note("heap bytes per event", heapSlope(through.heap).toFixed(2));
    ledger.note("largest heap after a collection, MB", Math.max(...through.heap.map(([, bytes]) => bytes)) / 1e6);
    return heapSlope(through.heap) < 1 ? [] : [`the heap grows by ${heapSlope(through.heap)} bytes per event`];
  });
}

/** The judges themselves: what they must notice. */
async function planted(ledger: Ledger): Promise<void> {
  const { faults } = await hostileFaults("Mangle", "local");
  ledger.planted("a conversion that nobody documented", faults.length > 0);
  const [, texts = [], status = "", attempts = 0] = changes[0] ?? [];
  ledger.planted("a result that nobody checks", (await changeFaults(texts, status, attempts, z.unknown())).length > 0);
  const poisoned = await load("poison", 300);
  ledger.planted("a dead letter too few", poisonFaults(poisoned, 400).length > 0);
  const leak = await load("events", 3000, ["--expose-gc"], "leak");
  ledger.planted("a few bytes kept of each event", heapSlope(leak.heap) >= 1);
}

const ratio = (one: number, other: number): string => (one / other).toFixed(2);
