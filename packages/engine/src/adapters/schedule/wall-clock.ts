/** Local time in a zone, written as epoch ms as if the zone were UTC: a "wall" time. */

const HOUR_MS = 3_600_000;
/** More than the longest jump of any clock, which was a day. */
const JUMP_MS = 36 * HOUR_MS;

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  formats.set(zone, made);
  return made;
}

/** What the clocks of a zone show at a moment. */
export function wallAt(atMs: number, zone: string): number {
  const parts: { [type: string]: number } = {};
  for (const { type, value } of formatOf(zone).formatToParts(atMs)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((atMs % 1000) + 1000) % 1000);
}

const offsetAt = (atMs: number, zone: string): number => wallAt(atMs, zone) - atMs;

/**
 * The moment at which the clocks of a zone first show a wall time. A time that they skip gives the moment at which they
 * jump over it.
 */
export function momentOf(wallMs: number, zone: string): number {
  const before = offsetAt(wallMs - JUMP_MS, zone);
  const after = offsetAt(wallMs + JUMP_MS, zone);
  for (const offset of [Math.max(before, after), Math.min(before, after)])
    if (wallAt(wallMs - offset, zone) === wallMs) return wallMs - offset;
  return jumpBetween(wallMs - JUMP_MS, wallMs + JUMP_MS, after, zone);
}

/** The first moment with the later offset. */
function jumpBetween(fromMs: number, toMs: number, offset: number, zone: string): number {
  let [low, high] = [fromMs, toMs];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle, zone) === offset) high = middle;
    else low = middle;
  }
  return high;
}
