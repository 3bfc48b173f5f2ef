import { expect, test } from "vitest";
import { countedCalls, hasStrace } from "../crash-rig/counted-calls.js";
import { brokenIn } from "../crash-rig/judge.js";
import { otherNodes } from "../crash-rig/node-binaries.js";
import { killedAt, type Program } from "../crash-rig/processes.js";
import { type Attack, crash, each, numbers, type Outcome, type Shape, shapes } from "../crash-rig/rig.js";
import { campaign, type Ledger } from "./ledger.js";

/** Of the writes of a shape about so many are killed at, evenly. The campaign `power` has the state after each. */
const WRITES = Number(process.env["WRITES"] ?? 24);
/** `EVERY=5 npm run trust -- crash`: each fifth point of each shape; later sessions of the same build add what is missing. */
const every = Number(process.env["EVERY"] ?? 1);
/** `SHAPES=chain,retry npm run trust -- crash` */
const asked = shapes.filter((shape) => process.env["SHAPES"]?.split(",").includes(shape) ?? true);
/** Killed again in the recovery. */
const again = ["nested", "rollback", "queue", "agent", "timer"] as const;
const onOthers = ["chain", "queue", "rollback", "agent"] as const;

type Point = { readonly key: string; readonly fault: string; readonly attack: Attack };

async function points(ledger: Ledger, shape: Shape, undisturbed: Outcome, list: readonly Point[]): Promise<void> {
  const taken = list.filter((_, index) => index % every === 0);
  await each(taken, ({ key, fault, attack }) =>
    ledger.point(`${shape} ${key}`, async (injected) => {
      const outcome = await crash(shape, attack);
      if (outcome.kills > 0) injected(fault, outcome.kills);
      return brokenIn(outcome, undisturbed);
    }),
  );
}

async function callPoints(shape: Shape, program: Program, only?: readonly string[]): Promise<readonly Point[]> {
  const counts = Object.entries(await countedCalls(shape, program)).filter(([call]) => only?.includes(call) ?? true);
  return counts.flatMap(([call, count]) => {
    const stride = call === "pwrite64" ? Math.ceil(count / WRITES) || 1 : 1;
    return numbers(Math.floor(count / stride)).map((n) => ({
      key: `${call} ${n * stride}`,
      fault: `F01 kill -9 at ${call}`,
      attack: { ...program, tracers: [killedAt(call, n * stride)] },
    }));
  });
}

const eventPoints = (events: number, program: Program = {}): readonly Point[] =>
  numbers(events).map((n) => ({
    key: `event ${n}`,
    fault: "F01 kill -9 at an event",
    attack: { ...program, kills: [n] },
  }));

/** A second and a third kill, each in the recovery of the one before. */
const recoveryPoints = (events: number): readonly Point[] => [
  ...numbers(Math.floor(events / 3)).map((n) => ({
    key: `events ${n * 3}, +3, +7`,
    fault: "F02 kill -9 again during recovery, at an event",
    attack: { kills: [n * 3, n * 3 + 3, n * 3 + 7] },
  })),
  ...numbers(12).flatMap((first) =>
    [1, 3, 6].map((second) => ({
      key: `syncs ${first * 3}, ${second}`,
      fault: "F02 kill -9 again during recovery, at a sync",
      attack: { tracers: [killedAt("fsync", first * 3), killedAt("fsync", second)] },
    })),
  ),
];

test("strace is there: the campaign cannot do without", () => {
  expect(hasStrace).toBe(true);
});

test("crash: killed at every durable call and every event, again in the recovery, on each driver", async () => {
  await campaign("crash", ["G1", "G2", "G3", "G5", "G14", "G25", "G28", "G30"], async (ledger) => {
    for (const shape of asked) {
      const undisturbed = await crash(shape);
      await ledger.point(`${shape} undisturbed`, async () => brokenIn(undisturbed, undisturbed));
      await points(ledger, shape, undisturbed, eventPoints(undisturbed.events));
      await points(ledger, shape, undisturbed, await callPoints(shape, {}));
      if (again.some((name) => name === shape))
        await points(ledger, shape, undisturbed, recoveryPoints(undisturbed.events));
    }
    await onOtherNodes(ledger);
    await planted(ledger);
    ledger.note("shapes", asked.length === shapes.length ? `all ${shapes.length}` : asked.join(", "));
    ledger.note("killed at", every === 1 ? "each event and call, 24 writes a shape" : `1 of ${every} events and calls`);
  });
});

async function onOtherNodes(ledger: Ledger): Promise<void> {
  for (const { version, node } of otherNodes()) {
    for (const shape of onOthers.filter((name) => asked.includes(name))) {
      const program = { node, driver: "node" } as const;
      const undisturbed = await crash(shape, program);
      const list = [
        ...eventPoints(undisturbed.events, program),
        ...(await callPoints(shape, program, ["fsync", "fdatasync"])),
      ];
      const named = list.map((point) => ({
        ...point,
        key: `${version} ${point.key}`,
        fault: `${point.fault}, node:sqlite`,
      }));
      await points(ledger, shape, undisturbed, named);
    }
  }
  ledger.note("drivers", ["libsql", ...otherNodes().map(({ version }) => `node:sqlite of ${version}`)].join(", "));
}

/** Bugs, and the shape that shows each when it is killed at its events. */
const bugs = [
  ["ack-before-write", "retry"],
  ["effect-unrecorded", "agent"],
  ["lost-timer", "waiting"],
] as const;

async function planted(ledger: Ledger): Promise<void> {
  for (const [bug, shape] of bugs) {
    const undisturbed = await crash(shape);
    const found: string[] = [];
    await each(numbers(30), async (n) => {
      if (found.length > 0) return;
      found.push(...brokenIn(await crash(shape, { kills: [n], planted: bug }), undisturbed));
    });
    ledger.planted(bug, found.length > 0);
  }
  ledger.planted("split-transition", (await splitFaults()).length > 0);
}

/** Between two transactions lies a sync. */
async function splitFaults(): Promise<readonly string[]> {
  const undisturbed = await crash("chain");
  const found: string[] = [];
  await each(numbers(60), async (n) => {
    if (found.length > 0) return;
    found.push(
      ...brokenIn(
        await crash("chain", { tracers: [killedAt("fsync,fdatasync", n)], planted: "split-transition" }),
        undisturbed,
      ),
    );
  });
  return found;
}
