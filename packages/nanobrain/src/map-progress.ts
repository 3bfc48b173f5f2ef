import type { RunEvent } from "@nanobrain/engine";

/** Maps of fewer items say enough by their end. */
const leastItems = 8;

type MapState = { readonly count: number; readonly settled: Set<number>; readonly failed: Set<number> };

/** A quarter of a map's items has settled. */
export type Quarter = { readonly step: string; readonly text: string };

/**
 * Told of each event with the path it concerns, answers when a map passed a quarter, half or three quarters of its items.
 * Maps inside items of maps are not followed.
 */
export function followMaps(): (event: RunEvent, path: string) => Quarter | undefined {
  const maps = new Map<string, MapState>();
  return (event, path) => {
    if (event.type === "activation.measured")
      maps.set(path, { count: event.count, settled: new Set(), failed: new Set() });
    const [, step = "", item] = /^([^[]+)\[(\d+)\]$/.exec(path) ?? [];
    const map = maps.get(step);
    if (map === undefined || !settles(event)) return undefined;
    const before = map.settled.size;
    map.settled.add(Number(item));
    if (event.type === "item.failed") map.failed.add(Number(item));
    else map.failed.delete(Number(item));
    return passed(before, map) ? { step, text: progressText(map) } : undefined;
  };
}

/** An item is one attempt's, or a nested run's, or given up. */
function settles(event: RunEvent): boolean {
  return event.type === "attempt.succeeded" || event.type === "item.failed" || event.type === "run.completed";
}

function passed(before: number, { count, settled }: MapState): boolean {
  if (count < leastItems) return false;
  const quarter = Math.floor((4 * settled.size) / count);
  return quarter > Math.floor((4 * before) / count) && quarter < 4;
}

function progressText({ count, settled, failed }: MapState): string {
  return `${settled.size} of ${count} items${failed.size === 0 ? "" : `, ${failed.size} failed`}`;
}
