import { describe, expect, it } from "vitest";
import type { Store, StoreBatch } from "../../contracts/store.js";
import { type NanobrainError, nanobrainError } from "../../errors/nanobrain-error.js";
import { ExpressCommits, type Keeper } from "./express-commits.js";

/** A store that answers as it is told, a loop that is turned by hand, and runs that go on with as many batches as they have. */
function rig(answer: (commit: number, batches: readonly StoreBatch[]) => unknown = () => undefined) {
  const groups: string[][] = [];
  const deferred: (() => void)[] = [];
  const timers: (() => void)[] = [];
  const complaints: NanobrainError[] = [];
  let nowMs = 0;
  const store = {
    commit: (batches: readonly StoreBatch[]) => {
      groups.push(batches.map(({ runId, text }) => `${runId}${text?.list ?? ""}`));
      const error = answer(groups.length, batches);
      if (error !== undefined) throw error as Error;
    },
  } as unknown as Store;
  const wake = (_at: number, callback: () => void) => {
    timers.push(callback);
    return () => undefined;
  };
  const commits = new ExpressCommits({
    store,
    clock: { now: () => nowMs, monotonic: () => nowMs, random: () => 0, wake },
    defer: (callback) => deferred.push(callback),
    complain: (error) => complaints.push(error),
  });
  const turn = (): void => {
    for (const callback of deferred.splice(0)) callback();
  };
  const heard: string[] = [];
  const keeper = (runId: string, goOn: () => void = () => undefined): Keeper => {
    let made = 0;
    return {
      batch: () => ({ runId, events: [], text: { first: 1, last: 1, list: String(++made) } }),
      kept: () => {
        heard.push(`${runId} kept`);
        goOn();
      },
      lost: (error) => heard.push(`${runId} lost ${(error as NanobrainError).code}`),
    };
  };
  const pass = (ms: number): void => {
    nowMs += ms;
  };
  return { commits, groups, turn, timers, heard, keeper, complaints, pass, deferred };
}

const full = nanobrainError("E_STORE_FULL", { file: "x", what: "full" });
const fenced = nanobrainError("E_STORE_LOCKED", { file: "x", what: "taken over" });

describe("express commits", () => {
  it("groups: runs that ask in one pass share one transaction, and hear after it", () => {
    const { commits, groups, turn, heard, keeper } = rig();
    for (const id of ["a", "b", "c"]) expect(commits.save(keeper(id), true)).toBe(false);
    expect([groups, heard]).toEqual([[], []]);
    turn();
    expect([groups, heard]).toEqual([[["a1", "b1", "c1"]], ["a kept", "b kept", "c kept"]]);
  });

  it("alone: a run that came last goes on in place, unless more of it is to come or another asks", () => {
    const { commits, groups, turn, keeper, deferred } = rig();
    const one = keeper("a");
    expect(commits.save(one, true)).toBe(false);
    turn();
    expect([commits.save(one, true), commits.save(one, true), deferred.length]).toEqual([true, true, 0]);
    expect(commits.save(one, false)).toBe(false);
    expect(commits.save(keeper("b"), true)).toBe(false);
    turn();
    expect(groups).toEqual([["a1"], ["a2"], ["a3"], ["a4", "b1"]]);
  });

  it("going on: what runs journal when they go on is one group, also when they take several turns to", () => {
    const { commits, groups, turn, keeper, pass, heard } = rig();
    const runs: Keeper[] = [];
    for (let i = 0; i < 100; i++) {
      let left = 1;
      const one: Keeper = keeper(`r${i} `, () => {
        pass(1);
        if (left-- > 0) commits.save(one, true);
      });
      runs.push(one);
    }
    for (const one of runs) commits.save(one, true);
    for (let turns = 0; turns < 40; turns++) turn();
    expect([groups.map((group) => group.length), heard.length]).toEqual([[100, 100], 200]);
  });

  it("full disk: the very same group is tried again, what comes meanwhile waits, and nobody hears before", () => {
    const { commits, groups, turn, heard, keeper, timers, complaints } = rig((at) => (at <= 2 ? full : undefined));
    commits.save(keeper("a"), true);
    commits.save(keeper("b"), true);
    turn();
    commits.save(keeper("c"), true);
    turn();
    timers.shift()?.();
    expect([groups, heard, complaints.length]).toEqual([
      [
        ["a1", "b1"],
        ["a1", "b1"],
      ],
      [],
      2,
    ]);
    timers.shift()?.();
    turn();
    expect(groups).toEqual([["a1", "b1"], ["a1", "b1"], ["a1", "b1"], ["c1"]]);
    expect(heard).toEqual(["a kept", "b kept", "c kept"]);
  });

  it("full disk: a run that goes on alone waits with the same batch", () => {
    const { commits, groups, turn, heard, keeper, timers } = rig((at) => (at === 2 ? full : undefined));
    const one = keeper("a");
    commits.save(one, true);
    turn();
    expect(commits.save(one, true)).toBe(false);
    timers.shift()?.();
    expect([groups, heard]).toEqual([
      [["a1"], ["a2"], ["a2"]],
      ["a kept", "a kept"],
    ]);
  });

  it("failure: all of the group hear that they are lost, once, and others go on", () => {
    const { commits, turn, heard, keeper } = rig((at) => (at === 1 ? fenced : undefined));
    for (const id of ["a", "b"]) commits.save(keeper(id), true);
    turn();
    commits.save(keeper("c"), true);
    turn();
    expect(heard).toEqual(["a lost E_STORE_LOCKED", "b lost E_STORE_LOCKED", "c kept"]);
  });

  it("refused: a batch that the store refuses takes no other with it", () => {
    const refused = nanobrainError("E_INTERNAL", { what: "out of order" });
    const { commits, turn, heard, keeper } = rig((_at, batches) =>
      batches.some(({ runId }) => runId === "b") ? refused : undefined,
    );
    for (const id of ["a", "b", "c"]) commits.save(keeper(id), true);
    turn();
    expect(heard).toEqual(["a kept", "b lost E_INTERNAL", "c kept"]);
  });
});
