import type { Handle } from "../../contracts/handle.js";
import type { Queued } from "../event.js";

/*
 * What a queue holds, in flat memory: a list of a million items is one range, whatever became of its items.
 * I1. Positions count all that ever entered, from 0; a position is an item or an absence for every target.
 * I2. Ranges follow each other without gaps. They are immutable, so that copies share them.
 */

export type ItemRange = {
  /** Position of its first entry. */
  readonly first: number;
  readonly count: number;
  /** Number of its first item among all items: what balancing goes by. An absence has the number of the next item. */
  readonly number: number;
  /** Absent: an absence. */
  readonly value: Handle | undefined;
  readonly each: boolean;
  readonly keys: Int32Array | undefined;
  /** Places in the range of items that a schema refused, ascending. */
  readonly invalid: Int32Array | undefined;
};

export type ItemRanges = {
  readonly held: ItemRange[];
  /** Ranges before this one are used up. */
  start: number;
  /** Position after the last entry. */
  end: number;
  /** Items that ever entered. */
  numbered: number;
};

export function createRanges(): ItemRanges {
  return { held: [], start: 0, end: 0, numbered: 0 };
}

export function copyRanges(ranges: ItemRanges): ItemRanges {
  return { ...ranges, held: ranges.held.slice(ranges.start), start: 0 };
}

/** Adds what came; gives the number of items a target may take. */
export function addItems(ranges: ItemRanges, value: Handle, { queued, each, keys, invalid = [] }: Queued): number {
  if (queued === 0) return addAbsence(ranges);
  ranges.held.push({
    first: ranges.end,
    count: queued,
    number: ranges.numbered,
    value,
    each,
    keys: keys === undefined ? undefined : Int32Array.from(keys),
    invalid: invalid.length === 0 ? undefined : Int32Array.from(invalid, ([place]) => place).sort(),
  });
  ranges.end += queued;
  ranges.numbered += queued;
  return queued - invalid.length;
}

/** An absence goes to every target, behind all items that came before it. */
export function addAbsence(ranges: ItemRanges): number {
  const number = ranges.numbered;
  const absence = { count: 1, value: undefined, each: false, keys: undefined, invalid: undefined };
  ranges.held.push({ ...absence, first: ranges.end, number });
  ranges.end++;
  return 0;
}

/** The range of a position that is still held. */
export function rangeAt({ held, start }: ItemRanges, position: number): ItemRange | undefined {
  const oldest = held[start];
  if (oldest === undefined || position < oldest.first + oldest.count) return oldest;
  let low = start + 1;
  let high = held.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((held[middle]?.first ?? 0) <= position) low = middle;
    else high = middle - 1;
  }
  return held[low];
}

export function itemOf(value: Handle, each: boolean, place: number): Handle {
  if (!each) return value;
  return "list" in value ? (value.list[place] ?? { of: value, item: place }) : { of: value, item: place };
}

export function isInvalid({ invalid }: ItemRange, place: number): boolean {
  if (invalid === undefined) return false;
  let low = 0;
  let high = invalid.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = invalid[middle] ?? 0;
    if (found === place) return true;
    if (found < place) low = middle + 1;
    else high = middle - 1;
  }
  return false;
}

/** Lets go of ranges before a position. */
export function dropBefore(ranges: ItemRanges, position: number): void {
  const { held } = ranges;
  while (ranges.start < held.length) {
    const { first, count } = held[ranges.start] as ItemRange;
    if (first + count > position) break;
    ranges.start++;
  }
  if (ranges.start === held.length || (ranges.start > 64 && ranges.start * 2 > held.length)) {
    held.splice(0, ranges.start);
    ranges.start = 0;
  }
}
