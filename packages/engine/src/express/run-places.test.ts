import { describe, expect, it } from "vitest";
import { Admission } from "../admit/admission.js";
import { LinePlaces, PlaceLine } from "../runtime/express/place-line.js";
import { RunPlaces } from "./run-places.js";

type World = { readonly admission: Admission; run(id: string): RunPlaces; readonly served: string[] };

/** So many places, and runs of which each takes one when it is its turn. */
function world(size: number, drivers: readonly string[] = []): World {
  const admission = new Admission({ "lanes:local": size });
  const served: string[] = [];
  const runs = new Map<string, RunPlaces>();
  const clock = { now: () => 0, monotonic: () => 0, random: () => 0, wake: () => () => undefined };
  const line = new PlaceLine({
    admission,
    clock,
    placed: (id) => {
      if (drivers.includes(id)) return false;
      served.push(id);
      const run = runs.get(id);
      run?.lookAgain();
      return run?.hasRoom(0, 0) ?? false;
    },
    offer: (id) => {
      if (!drivers.includes(id)) return;
      served.push(`driver ${id}`);
      if (admission.ask(id, { "lanes:local": 1 })) admission.take({ "lanes:local": 1 });
    },
  });
  const run = (id: string): RunPlaces => {
    const places = new RunPlaces(new LinePlaces(line, id));
    runs.set(id, places);
    return places;
  };
  return { admission, run, served };
}

const used = ({ admission }: World): number | undefined => admission.state()[0]?.used;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("places of runs", () => {
  it("line: who finds none has one in order of arrival, runs and drivers alike", async () => {
    const it = world(1, ["driven"]);
    const first = it.run("first");
    expect(first.hasRoom(0, 0)).toBe(true);
    const others = ["b", "a"].map((id) => it.run(id));
    expect(others.map((run) => run.hasRoom(0, 0))).toEqual([false, false]);
    expect(it.admission.ask("driven", { "lanes:local": 1 })).toBe(false);
    first.giveAll();
    await turn();
    expect(it.served).toEqual(["b"]);
    others[0]?.giveAll();
    others[1]?.giveAll();
    await turn();
    // It had gone before it was its turn.
    expect(it.served).toEqual(["b", "driver driven"]);
    expect({ used: used(it), awaited: it.admission.isAwaited }).toEqual({ used: 1, awaited: false });
  });

  it("time: while others wait, a run has its places for a while only", async () => {
    const it = world(2);
    const long = it.run("long");
    expect([long.hasRoom(0, 0), long.hasRoom(1, 0)]).toEqual([true, true]);
    const other = it.run("other");
    expect(other.hasRoom(0, 0)).toBe(false);
    long.ended(1, 50);
    await turn();
    expect(it.served).toEqual([]);
    long.ended(1, 101);
    await turn();
    expect(it.served).toEqual(["other"]);
    expect(long.hasRoom(1, 101)).toBe(false);
    other.giveAll();
    await turn();
    expect({ served: it.served, used: used(it) }).toEqual({ served: ["other", "long"], used: 1 });
  });

  it("alone: places are taken by twos, fours, eights, and few are kept that nothing needs", () => {
    const it = world(100);
    const run = it.run("wide");
    const seen = [0, 1, 2, 3, 4, 5, 6, 7, 8].map((running) => [run.hasRoom(running, 0), used(it)]);
    expect(seen.map(([has]) => has)).not.toContain(false);
    expect(used(it)).toBe(16);
    run.giveSpare(1);
    expect(used(it)).toBe(2);
    run.giveAll();
    expect({ used: used(it), awaited: it.admission.isAwaited }).toEqual({ used: 0, awaited: false });
  });
});
