/**
 * Which of the attempts that were posted to a thread it has begun. Both sides see the same memory, so the host can take back what has not
 * begun, also from a thread that spins. `job` numbers rise by one; the numbers that are not settled span less than `maxPosted`.
 */
const OFFERED = 1;
const TAKEN = 2;
const WITHDRAWN = 3;

/** Attempts that are posted and not settled, from the first to the last number. */
export const maxPosted = 512;
const slots = maxPosted;

export type LaneClaims = {
  readonly memory: SharedArrayBuffer;
  /** Host: before the job is posted. */
  offer(job: number): void;
  /** Host: true when the job had not begun and will not. */
  withdraw(job: number): boolean;
  /** Host: whether the thread has begun it. */
  hasBegun(job: number): boolean;
  /** Thread: true when the job is its own from now on. */
  take(job: number): boolean;
};

export function laneClaims(memory = new SharedArrayBuffer(4 * slots)): LaneClaims {
  const states = new Int32Array(memory);
  const change = (job: number, to: number): boolean =>
    Atomics.compareExchange(states, job % slots, OFFERED, to) === OFFERED;
  return {
    memory,
    offer: (job) => void Atomics.store(states, job % slots, OFFERED),
    withdraw: (job) => change(job, WITHDRAWN),
    hasBegun: (job) => Atomics.load(states, job % slots) === TAKEN,
    take: (job) => change(job, TAKEN),
  };
}
