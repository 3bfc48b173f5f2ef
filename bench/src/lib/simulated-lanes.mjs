// An executor whose attempts take the time a trace says, on a clock that stands still until it is moved.

/** `durationOf`: milliseconds, by the name of the step. */
export function simulatedLanes(clock, lanes, durationOf) {
  let flying = 0;
  const execute = ({ step, inputs }) =>
    new Promise((resolve) => {
      const durationMs = durationOf(step);
      const bytes = JSON.stringify(inputs).length;
      const usage = { durationMs, cpuMs: null, peakMemoryBytes: null, inputBytes: bytes, outputBytes: 2 };
      flying++;
      clock.wake(clock.now() + durationMs, () => {
        flying--;
        resolve({ status: "succeeded", outputs: { out: 1 }, usage });
      });
    });
  return { name: "thread", lanes, execute, close: () => Promise.resolve(), flying: () => flying };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Moves the clock from one end of an attempt to the next, until the run has ended. Answers the time that took. */
export async function passTime(runtime, clock, lanes, run) {
  const began = clock.now();
  let ended = false;
  const result = run.result().then((found) => {
    ended = true;
    return found;
  });
  while (!ended) {
    await quiet(runtime, lanes);
    if (!ended && !clock.step()) break;
  }
  const { status } = await result;
  if (status !== "completed") throw new Error(`Error run ${status}`);
  return clock.now() - began;
}

/** Resolves when only time helps on. */
async function quiet(runtime, lanes) {
  for (let still = 0; still < 3; still++) {
    await turn();
    if (runtime.underWay() > lanes.flying()) still = -1;
  }
}
