import { test } from "vitest";
import { plantedHostBugs } from "../../packages/engine/src/testing/simulator/planted-host-bugs.js";
import { drawLong, drawShared } from "../../packages/engine/src/testing/simulator/scenario.js";
import { simulate, warmUp } from "../../packages/engine/src/testing/simulator/simulation.js";
import { daylightFaults, instantFaults, waitFaults } from "../chaos/long-waits.js";
import { ticked } from "../chaos/ticking.js";
import { campaign, type Ledger } from "./ledger.js";

/** `SEEDS=10000 npm run trust -- time`: simulated runs whose clock is set about. */
const seeds = Number(process.env["SEEDS"] ?? 2000);

test("time: clocks that jump, sleep, daylight saving, long timers, many at one moment", async () => {
  await warmUp();
  await campaign("time", ["G8", "G10", "G19"], async (ledger) => {
    await long(ledger);
    await jumps(ledger);
    await planted(ledger);
  });
});

async function long(ledger: Ledger): Promise<void> {
  for (const days of [30, 3650])
    await ledger.point(`a wait of ${days} days`, async (injected) => {
      injected("F40 a wait beyond what one timer can hold");
      return waitFaults(days);
    });
  for (const [what, from] of [
    ["skips", Date.UTC(2026, 2, 27)],
    ["has twice", Date.UTC(2026, 9, 23)],
  ] as const)
    await ledger.point(`an hour that the zone ${what}`, async (injected) => {
      injected("F38 daylight saving begins or ends");
      return daylightFaults(from, 4);
    });
  await ledger.point("10,000 waits that end at one moment", async (injected) => {
    injected("F39 timers at one moment", 10_000);
    return instantFaults(10_000);
  });
}

async function jumps(ledger: Ledger): Promise<void> {
  for (const [name, draw] of [
    ["a day at most", drawShared],
    ["forty years at most", drawLong],
  ] as const)
    await ledger.point(`${seeds} simulated seeds, jumps of ${name}`, async (injected) => {
      const broken: string[] = [];
      let jumped = 0;
      for (let seed = 1; seed <= seeds; seed++) {
        const report = await simulate(seed, {}, draw);
        jumped += report.injected["jump"] ?? 0;
        broken.push(...report.faults.map((what) => `seed ${seed}: ${what}`));
      }
      injected(`F36 the wall clock set, ${name}`, jumped);
      return broken;
    });
  await ledger.point("a hundred jumps a second", async (injected) => {
    const { faults, jumps, cpuShare } = await ticked({ jumpsPerSecond: 100 });
    injected("F37 the wall clock set, a hundred times a second", jumps);
    ledger.note("CPU share while the clock is set a hundred times a second", cpuShare.toFixed(3));
    return [...faults, ...(cpuShare < 0.25 ? [] : [`busy: ${cpuShare} of a core`])];
  });
  await ledger.point("asleep for four seconds", async (injected) => {
    injected("F41 a process that sleeps");
    return (await ticked({ sleepMs: 4000 })).faults;
  });
}

async function planted(ledger: Ledger): Promise<void> {
  const twice = ["triggers/timers.js", "state.missed += madeUpFor(", "state.missed += 1 + madeUpFor("] as const;
  await ledger.point("a timer that nobody disturbs", async () => (await ticked({})).faults);
  ledger.planted("a timer fires twice", (await ticked({ planted: twice })).faults.length > 0);
  ledger.planted("a wait looked at too late to see that it is early", (await waitFaults(30, -1)).length > 0);
  for (const bug of ["the timer of a retry is lost"] as const)
    ledger.planted(bug, await isNoticed(plantedHostBugs[bug]));
}

async function isNoticed(bug: Parameters<typeof simulate>[1]): Promise<boolean> {
  for (let seed = 1; seed <= 150; seed++) if ((await simulate(seed, bug, drawLong)).faults.length > 0) return true;
  return false;
}
