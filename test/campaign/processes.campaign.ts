import { test } from "vitest";
import { seededRandom } from "../../packages/engine/src/testing/seeded-random.js";
import { inFolder, runChild } from "../chaos/children.js";
import { doomFaults, dooms, orphanFaults } from "../chaos/doomed.js";
import { duplicateFaults } from "../chaos/duplicates.js";
import { blamelessFaults, fatalFaults } from "../chaos/fatal.js";
import { frozenFaults } from "../chaos/frozen.js";
import { lostLockFaults } from "../chaos/lost-lock.js";
import { exits, signalled } from "../chaos/signals.js";
import { stallFaults } from "../chaos/stalled.js";
import { type Aftermath, storm } from "../chaos/storm.js";
import { each, numbers } from "../crash-rig/rig.js";
import { campaign, type Ledger } from "./ledger.js";

/** `KILLS=1000 npm run trust -- processes` */
const kills = Number(process.env["KILLS"] ?? 300);

test("processes: killed, stopped, asked to end, doomed, many at once", async () => {
  await campaign("processes", ["G2", "G4", "G9", "G10", "G20", "G21", "G23"], async (ledger) => {
    await storms(ledger);
    await endings(ledger);
    await doomed(ledger);
    await poison(ledger);
    await stalls(ledger);
    await crowds(ledger);
    await planted(ledger);
  });
});

/** Kills at random under load, and right at the start of each process. */
async function storms(ledger: Ledger): Promise<void> {
  const recoveries: number[] = [];
  await each(numbers(Math.ceil(kills / 10)), (round) =>
    ledger.point(`storm of 400, ${round}`, async (injected) => {
      const random = seededRandom(`storm ${round}`);
      const after = await storm({ runs: 400, killsMs: Array.from({ length: 10 }, () => random.int(120)) });
      injected("F03 kill -9 at random under load", after.kills);
      recoveries.push(...after.recoveriesMs);
      return [...after.faults, ...retriesIn(after)];
    }),
  );
  recoveries.sort((one, other) => one - other);
  const share = (of: number): number => Math.round(recoveries[Math.floor((recoveries.length - 1) * of)] ?? 0);
  if (recoveries.length > 0)
    ledger.note("ms from start to open store after a kill, p50 p99 max", `${share(0.5)} ${share(0.99)} ${share(1)}`);
  await ledger.point("twenty kills at the start", async (injected) => {
    // The first gets half way; each of the others dies while it starts or has just taken over.
    const after = await storm({ runs: 20, killsMs: [40, ...Array.from({ length: 20 }, (_, index) => index % 5)] });
    injected("F04 kill -9 in a loop at the start", after.kills);
    const [first = 0] = after.sizesBytes;
    const most = Math.max(...after.sizesBytes);
    ledger.note("store after 20 kills at the start / after the first", (most / first).toFixed(2));
    return [...after.faults, ...retriesIn(after)];
  });
}

const retriesIn = ({ retries }: Aftermath): readonly string[] => (retries === 0 ? [] : [`${retries} retries used up`]);

/** A signal at every event of a run. */
async function endings(ledger: Ledger): Promise<void> {
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const)
    await each(numbers(20), (at) =>
      ledger.point(`${signal} at event ${at}`, async (injected) => {
        const { faults, wasHit } = await signalled(signal, at);
        if (wasHit)
          injected(`${signal === "SIGTERM" ? "F05" : "F06"} ${signal} at an event, ends with ${exits[signal]}`);
        return faults;
      }),
    );
  await ledger.point("a stopped driver", async (injected) => {
    injected("F07 SIGSTOP of a driver, F41");
    return frozenFaults();
  });
  await ledger.point("a stopped driver whose lock is taken away", async (injected) => {
    injected("F07 SIGSTOP of a driver that loses its lock");
    return lostLockFaults();
  });
}

async function poison(ledger: Ledger): Promise<void> {
  await ledger.point("a step that takes its process with it", async (injected) => {
    injected("F09 a step that ends the engine", 2);
    return fatalFaults();
  });
  await ledger.point("an engine killed beside a step in a process of its own", async (injected) => {
    injected("F15 an engine killed while an attempt begins", 3);
    return blamelessFaults();
  });
}

async function stalls(ledger: Ledger): Promise<void> {
  for (const [when, stallMs] of [
    ["called", 1500],
    ["later", 3000],
    ["later", 20_000],
  ] as const)
    await ledger.point(`the event loop held up for ${stallMs} ms, ${when}`, async (injected) => {
      injected("F12 the event loop held up by a step");
      return stallFaults(when, stallMs);
    });
}

const faultOf: { readonly [doom: string]: string } = {
  "late throw": "F08 thrown in a callback",
  unhandled: "F08 rejected unseen",
  heap: "F10 out of memory, heap",
  buffers: "F10 out of memory, buffers",
  spin: "F13 a loop without end",
  hang: "F13 a call of the system that hangs",
  deaf: "F13 deaf to its abort",
  frozen: "F14 SIGSTOP of a worker",
  orphan: "F16 a child left running",
};

async function doomed(ledger: Ledger): Promise<void> {
  for (const doom of dooms)
    await ledger.point(`${doom.doom} on ${doom.executor}`, async (injected) => {
      injected(faultOf[doom.doom] ?? "F09 a worker that ends itself", 2);
      return doomFaults(doom);
    });
  await ledger.point("an engine killed while a step's child runs", async (injected) => {
    injected("F16 a child left running");
    return orphanFaults();
  });
  await ledger.point("an engine with a small heap", async (injected) => {
    injected("F11 a heap of 24 MB under load");
    const small = await inFolder(async (folder) => {
      const { end } = await runChild("load.mjs", [folder, "runs", "20000", "disk"], {
        node: ["--max-old-space-size=24"],
      });
      const again = await runChild<{ completed: number }>("load.mjs", [folder, "runs", "10", "disk"]);
      return { end, again };
    });
    ledger.note("an engine with a heap of 24 MB under 20,000 runs ended with", small.end);
    return small.again.said[0]?.completed === 10 ? [] : [`after that it does not start: ${small.again.errors}`];
  });
}

async function crowds(ledger: Ledger): Promise<void> {
  for (const kind of ["start", "resume"] as const)
    await ledger.point(`20 processes ${kind} one run`, async (injected) => {
      injected("F17 processes at once on one run", 20);
      return duplicateFaults(kind, 20);
    });
}

async function planted(ledger: Ledger): Promise<void> {
  const retried = await storm({ runs: 2, killsMs: [30], planted: "retry" });
  ledger.planted("a crash that costs a retry", retriesIn(retried).length > 0);
  const hidden = await storm({ runs: 2, killsMs: [], planted: "hidden" });
  ledger.planted("an attempt that the journal does not know", hidden.faults.length > 0);
  const [exit] = dooms;
  ledger.planted(
    "a death told as another one",
    (await doomFaults({ ...(exit as (typeof dooms)[number]), says: "SIGSEGV" })).length > 0,
  );
  ledger.planted("a program left running", (await orphanFaults("unguarded")).length > 0);
  const unfenced = ["sqlite/journal-writer.js", "if (epoch !== this.#fence)", "if (false)"] as const;
  ledger.planted("the epoch of a journal is not looked at", (await lostLockFaults(unfenced)).length > 0);
  const unguarded = ["kernel/evolve-attempts.js", "CRASHES_ALLOWED = 2", "CRASHES_ALLOWED = 2000"] as const;
  ledger.planted("the poison guard is off", (await fatalFaults(unguarded)).length > 0);
  ledger.planted("nobody looks at the event loop", (await stallFaults("called", 1500, true)).length > 0);
}
