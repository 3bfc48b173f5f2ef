import { inFolder, runChild } from "./children.js";

/** What one load came to: a line of `load.mjs`. */
export type Load = {
  /** Runs that completed. */
  readonly completed: number;
  readonly failure?: string;
  readonly outputs?: { readonly refused: readonly number[] };
  readonly outputBytes?: number;
  readonly isOrdered: boolean;
  readonly taken: number;
  readonly events: number;
  /** Bytes of the heap after a collection, by events so far. */
  readonly heap: readonly (readonly [number, number])[];
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly peakBytes: number;
};

export type LoadName = "map" | "steps" | "runs" | "events" | "slow" | "poison" | "huge" | "file";

/** One load on an engine of its own that keeps its journal on disk. Rejects when the engine did not survive it. `planted`: leak. */
export function load(what: LoadName, size: number, node: readonly string[] = [], planted = ""): Promise<Load> {
  return inFolder(async (folder) => {
    const { said, end, errors } = await runChild<Load>("load.mjs", [folder, what, String(size), "disk", planted], {
      node,
      boundMs: 1_800_000,
    });
    const [only] = said;
    if (end !== 0 || only === undefined) throw new Error(`${what} ${size} ended with ${end}: ${errors}`);
    return only;
  });
}

/** Bytes by which the heap grows with each event, by least squares, once the first quarter has warmed it up. */
export function heapSlope(heap: Load["heap"]): number {
  const warm = heap.slice(Math.ceil(heap.length / 4));
  const mean = (at: 0 | 1): number => warm.reduce((sum, sample) => sum + sample[at], 0) / warm.length;
  const [events, bytes] = [mean(0), mean(1)];
  const rise = warm.reduce((sum, sample) => sum + (sample[0] - events) * (sample[1] - bytes), 0);
  const run = warm.reduce((sum, sample) => sum + (sample[0] - events) ** 2, 0);
  return rise / run;
}

/** What is wrong with a queue's dead letters, where each hundredth item is poison: they are exactly those. */
export function poisonFaults({ outputs, taken }: Load, items: number): readonly string[] {
  const refused = outputs?.refused ?? [];
  const bad = Array.from({ length: Math.floor(items / 100) }, (_, index) => (index + 1) * 100);
  return [
    ...(refused.join() === bad.join() ? [] : [`dead letters are ${refused.length}, not the ${bad.length} bad ones`]),
    ...(taken === items - bad.length ? [] : [`${taken} items of ${items} were taken`]),
  ];
}
