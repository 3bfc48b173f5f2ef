import type { Clock } from "../contracts/clock.js";

/** No timer runs longer, as with the machine's clock: a jump is noticed within this time. */
const longestMs = 60_000;

/** By how much a machine's wall time is off. */
export type WallOffset = { ms: number };

/** A clock whose wall time can be set forward and back; what passes in between stays as it is. Jumps are noticed within `noticedMs`. */
export function jumpingClock(
  clock: Clock,
  offset: WallOffset = { ms: 0 },
  noticedMs = longestMs,
): { readonly clock: Clock; jump(ms: number): void } {
  const now = (): number => clock.now() + offset.ms;
  const wake = (atMs: number, callback: () => void): (() => void) => {
    let stop: () => void = () => undefined;
    const arm = (): void => {
      const leftMs = Math.max(0, Math.min(atMs - now(), noticedMs));
      stop = clock.wake(clock.now() + leftMs, () => (now() >= atMs ? callback() : arm()));
    };
    arm();
    return () => stop();
  };
  return {
    clock: {
      now,
      monotonic: () => clock.monotonic(),
      random: () => clock.random(),
      wake,
      after: (ms, callback) => clock.wake(clock.now() + ms, callback),
    },
    jump: (ms) => {
      offset.ms += ms;
    },
  };
}
