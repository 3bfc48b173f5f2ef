import type { Clock } from "../../contracts/clock.js";

/** No timer of ours runs longer: a jump of the wall clock, or a machine's sleep, is noticed within this time. */
const longestMs = 60_000;

function wake(atMs: number, callback: () => void): () => void {
  let timer: NodeJS.Timeout;
  const arm = (): void => {
    const leftMs = Math.ceil(atMs - Date.now());
    timer = setTimeout(() => (Date.now() >= atMs ? callback() : arm()), Math.max(0, Math.min(leftMs, longestMs)));
  };
  arm();
  return () => clearTimeout(timer);
}

/** The longest that a timer of the machine can be. */
const mostMs = 2 ** 31 - 1;

function after(ms: number, callback: () => void): () => void {
  const end = performance.now() + ms;
  let timer: NodeJS.Timeout;
  const arm = (): void => {
    const leftMs = Math.ceil(end - performance.now());
    timer = setTimeout(() => (performance.now() >= end ? callback() : arm()), Math.max(0, Math.min(leftMs, mostMs)));
  };
  arm();
  return () => clearTimeout(timer);
}

/** The machine's clock and chance. A wake not called off keeps the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  random: () => Math.random(),
  wake,
  after,
};
