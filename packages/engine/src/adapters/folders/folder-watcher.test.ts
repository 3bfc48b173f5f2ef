import { EventEmitter } from "node:events";
import { type FSWatcher, mkdtempSync, realpathSync, watch as systemNotices } from "node:fs";
import { appendFile, mkdir, open, rename, rm, symlink, unlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Clock } from "../../contracts/clock.js";
import type { WatchedFile } from "../../contracts/watcher.js";
import { systemClock } from "../clock/system-clock.js";
import { folderWatcher } from "./folder-watcher.js";

const DEBOUNCE_MS = 60;
const patient = { timeout: 20_000, interval: 5 };

let project: string;
let stops: (() => void)[];
let files: WatchedFile[];
let problems: Error[];

beforeEach(() => {
  project = realpathSync(mkdtempSync(join(tmpdir(), "nanobrain-folders-")));
  [stops, files, problems] = [[], [], []];
});
afterEach(async () => {
  for (const stop of stops) stop();
  await rm(project, { recursive: true, force: true });
});

type Options = {
  readonly folder?: string;
  readonly clock?: Clock;
  readonly roots?: readonly string[];
  readonly notices?: typeof systemNotices;
  readonly debounceMs?: number;
};

function watch(pattern = "*.csv", options: Options = {}): () => void {
  const {
    folder = "inbox",
    clock = systemClock,
    roots = [],
    notices = systemNotices,
    debounceMs = DEBOUNCE_MS,
  } = options;
  const watcher = folderWatcher({ project, roots }, clock, notices);
  const told = (file: WatchedFile) => void files.push(file);
  const stop = watcher.watch(folder, pattern, debounceMs, told, (problem) => void problems.push(problem));
  stops.push(stop);
  return stop;
}

const at = (...names: readonly string[]): string => join(project, ...names);
const inbox = () => mkdir(at("inbox"));
const paths = () => files.map((file) => file.path);
const told = (...expected: readonly string[]) =>
  vi.waitFor(() => expect([...paths()].sort()).toEqual([...expected].sort()), patient);

/** A clock that a test moves, and the moments for which something waits. */
function handClock() {
  let now = 1_000_000;
  const wakes = new Map<object, { readonly atMs: number; readonly callback: () => void }>();
  const wake: Clock["wake"] = (atMs, callback) => {
    const key = {};
    wakes.set(key, { atMs, callback });
    return () => wakes.delete(key);
  };
  const advance = (ms: number) => {
    now += ms;
    for (const [key, { atMs, callback }] of [...wakes]) if (atMs <= now && wakes.delete(key)) callback();
  };
  const clock: Clock = { now: () => now, monotonic: () => now, random: () => 0, wake };
  return { clock, waiting: () => [...wakes.values()].map((one) => one.atMs), advance };
}

/** Counts timers. */
function countingClock(): { readonly clock: Clock; readonly waits: () => number } {
  let waits = 0;
  const wake: Clock["wake"] = (atMs, callback) => {
    waits++;
    return systemClock.wake(atMs, callback);
  };
  return { clock: { ...systemClock, wake }, waits: () => waits };
}

describe("files in a watched folder", () => {
  it("one that lies there, and one that comes: each is told once, by its path, size and time", async () => {
    await inbox();
    await writeFile(at("inbox", "a.csv"), "1,2\n");
    watch();
    await told("inbox/a.csv");
    await writeFile(at("inbox", "b.csv"), "12345");
    await told("inbox/a.csv", "inbox/b.csv");
    const second = files[1];
    expect(second?.sizeBytes).toBe(5);
    expect(Math.abs((second?.modifiedAt ?? 0) - Date.now())).toBeLessThan(60_000);
    expect(new Set(files.map((file) => file.key)).size).toBe(2);
  });

  it("names that do not fit, hidden names and folders: passed over", async () => {
    await inbox();
    await mkdir(at("inbox", "folder.csv"));
    await writeFile(at("inbox", "a.txt"), "x");
    await writeFile(at("inbox", ".b.csv"), "x");
    watch();
    await writeFile(at("inbox", "c.csv"), "x");
    await told("inbox/c.csv");
  });

  it("braces and sets: as in other patterns", async () => {
    await inbox();
    watch("[a-c]*.{csv,tsv}");
    for (const name of ["a1.csv", "b.tsv", "d.csv", "c.txt"]) await writeFile(at("inbox", name), "x");
    await told("inbox/a1.csv", "inbox/b.tsv");
  });

  it("renamed into the folder, or to a name that fits: told under that name", async () => {
    await inbox();
    watch();
    await writeFile(at("outside.csv"), "x");
    await writeFile(at("inbox", "half.tmp"), "x");
    await rename(at("outside.csv"), at("inbox", "in.csv"));
    await rename(at("inbox", "half.tmp"), at("inbox", "whole.csv"));
    await told("inbox/in.csv", "inbox/whole.csv");
  });

  it("still being written: told when it stood still, with all that was written", async () => {
    await inbox();
    const { clock, waiting, advance } = handClock();
    watch("*.csv", { clock, debounceMs: 1000 });
    const file = await open(at("inbox", "slow.csv"), "a");
    for (let part = 1; part <= 5; part++) {
      await file.write("0123456789");
      await vi.waitFor(() => expect(waiting()).toEqual([clock.now() + 1000]), patient);
      advance(900);
    }
    await file.close();
    expect(files).toEqual([]);
    advance(100);
    await told("inbox/slow.csv");
    expect(files[0]?.sizeBytes).toBe(50);
  });

  it("written anew: told again, with another key", async () => {
    await inbox();
    watch();
    await writeFile(at("inbox", "a.csv"), "1");
    await told("inbox/a.csv");
    await appendFile(at("inbox", "a.csv"), "2");
    await told("inbox/a.csv", "inbox/a.csv");
    expect(files[0]?.key).not.toBe(files[1]?.key);
  });

  it("taken away before it stood still: not told; taken away later: nothing is told", async () => {
    await inbox();
    watch();
    await writeFile(at("inbox", "gone.csv"), "x");
    await unlink(at("inbox", "gone.csv"));
    await writeFile(at("inbox", "stays.csv"), "x");
    await told("inbox/stays.csv");
    await unlink(at("inbox", "stays.csv"));
    await writeFile(at("inbox", "last.csv"), "x");
    await told("inbox/stays.csv", "inbox/last.csv");
  });

  it("a thousand at once: each once, and few timers", async () => {
    await inbox();
    const { clock, waits } = countingClock();
    watch("*.csv", { clock });
    const names = Array.from({ length: 1000 }, (_, i) => `f${String(i).padStart(4, "0")}.csv`);
    await Promise.all(names.map((name) => writeFile(at("inbox", name), name)));
    await told(...names.map((name) => `inbox/${name}`));
    expect(waits()).toBeLessThan(1000);
  });

  it("nothing that fits happens: no timer waits", async () => {
    await inbox();
    await writeFile(at("inbox", "a.csv"), "1");
    const { clock, waiting, advance } = handClock();
    watch("*.csv", { clock });
    watch("*.txt");
    await vi.waitFor(() => expect(waiting()).toHaveLength(1), patient);
    advance(DEBOUNCE_MS);
    await told("inbox/a.csv");
    await vi.waitFor(() => expect(waiting()).toEqual([]), patient);
    await writeFile(at("inbox", "other.txt"), "x");
    await told("inbox/a.csv", "inbox/other.txt");
    expect(waiting()).toEqual([]);
  });

  it("stopped: nothing is told any more", async () => {
    await inbox();
    const stop = watch();
    await writeFile(at("inbox", "a.csv"), "1");
    stop();
    watch();
    await told("inbox/a.csv");
    expect(problems).toEqual([]);
  });
});

describe("the folder itself", () => {
  it("not there yet, nor the one above it: its coming is waited for", async () => {
    watch("*.csv", { folder: "data/inbox" });
    await mkdir(at("data"));
    await mkdir(at("data", "inbox"));
    await writeFile(at("data", "inbox", "a.csv"), "1");
    await told("data/inbox/a.csv");
    expect(problems).toEqual([]);
  });

  it("made in one go with its files: none is missed", async () => {
    watch();
    await mkdir(at("made"));
    await writeFile(at("made", "a.csv"), "1");
    await rename(at("made"), at("inbox"));
    await told("inbox/a.csv");
  });

  it("taken away and made again: watched again", async () => {
    await inbox();
    watch();
    await writeFile(at("inbox", "a.csv"), "1");
    await told("inbox/a.csv");
    await rm(at("inbox"), { recursive: true });
    await inbox();
    await writeFile(at("inbox", "b.csv"), "2");
    await told("inbox/a.csv", "inbox/b.csv");
    expect(problems).toEqual([]);
  });

  it("the project's own folder", async () => {
    watch("*.csv", { folder: "." });
    await writeFile(at("a.csv"), "1");
    await told("a.csv");
  });

  it("a file, or a folder outside: a problem that says so, and no more watching", async () => {
    await writeFile(at("inbox"), "no folder");
    watch();
    watch("*.csv", { folder: "../outside" });
    await vi.waitFor(() => expect(problems).toHaveLength(2), patient);
    expect(problems.map((problem) => problem.message).sort()).toEqual([
      "Cannot use path ../outside: it holds ..",
      "Cannot use path inbox: it is no folder",
    ]);
  });
});

describe("links in a watched folder", () => {
  it("to a file inside, or below an allowed root: followed; out of them, broken, or to a folder: passed over", async () => {
    const outside = realpathSync(mkdtempSync(join(tmpdir(), "nanobrain-outside-")));
    const allowed = realpathSync(mkdtempSync(join(tmpdir(), "nanobrain-allowed-")));
    await writeFile(join(outside, "secret"), "x");
    await writeFile(join(allowed, "fine"), "x");
    await writeFile(at("real"), "x");
    await inbox();
    await symlink(at("real"), at("inbox", "inside.csv"));
    await symlink(join(allowed, "fine"), at("inbox", "allowed.csv"));
    await symlink(join(outside, "secret"), at("inbox", "outside.csv"));
    await symlink(at("nothing"), at("inbox", "broken.csv"));
    await symlink(at("inbox"), at("inbox", "folder.csv"));
    watch("*.csv", { roots: [allowed] });
    await told("inbox/allowed.csv", "inbox/inside.csv");
    await writeFile(at("inbox", "last.csv"), "x");
    await told("inbox/allowed.csv", "inbox/inside.csv", "inbox/last.csv");
    await Promise.all([outside, allowed].map((folder) => rm(folder, { recursive: true })));
  });
});

describe("notices that fail", () => {
  /** Notices that a test gives, or breaks off, itself. */
  function steered() {
    const opened: { readonly watcher: FSWatcher; readonly tell: (name: string | null) => void }[] = [];
    const notices = ((_path: string, _options: object, listener: (event: string, name: string | null) => void) => {
      const watcher = Object.assign(new EventEmitter(), { close: () => undefined }) as unknown as FSWatcher;
      opened.push({ watcher, tell: (name) => listener("change", name) });
      return watcher;
    }) as unknown as typeof systemNotices;
    return { notices, opened };
  }

  it("broken off: the folder is watched anew and listed, so nothing is missed", async () => {
    await inbox();
    const { notices, opened } = steered();
    watch("*.csv", { notices });
    await vi.waitFor(() => expect(opened).toHaveLength(1), patient);
    await writeFile(at("inbox", "a.csv"), "1");
    opened[0]?.watcher.emit("error", new Error("overflow"));
    await told("inbox/a.csv");
    expect({ opened: opened.length, problems }).toEqual({ opened: 2, problems: [] });
  });

  it("a notice without a name, and one that was lost: the listing finds both files", async () => {
    await inbox();
    const { notices, opened } = steered();
    watch("*.csv", { notices });
    await vi.waitFor(() => expect(opened).toHaveLength(1), patient);
    await writeFile(at("inbox", "lost.csv"), "1");
    await writeFile(at("inbox", "a.csv"), "1");
    opened[0]?.tell("a.csv");
    await told("inbox/a.csv", "inbox/lost.csv");
    await appendFile(at("inbox", "lost.csv"), "2");
    opened[0]?.tell(null);
    await told("inbox/a.csv", "inbox/lost.csv", "inbox/lost.csv");
  });

  it("again and again: a problem, and no more watching", async () => {
    await inbox();
    const { notices, opened } = steered();
    watch("*.csv", { notices });
    for (let round = 1; problems.length === 0; round++) {
      await vi.waitFor(() => expect(opened.length >= round || problems.length > 0).toBe(true), patient);
      opened.at(-1)?.watcher.emit("error", new Error("broken"));
    }
    expect(problems[0]).toMatchObject({ code: "E_WATCH" });
    expect(opened.length).toBeLessThan(20);
  });

  it("refused by the system: a problem that quotes it", async () => {
    await inbox();
    const refuse = () => {
      throw Object.assign(new Error("ENOSPC: System limit for number of file watchers reached"), { code: "ENOSPC" });
    };
    watch("*.csv", { notices: refuse as unknown as typeof systemNotices });
    await vi.waitFor(() => expect(problems).toHaveLength(1), patient);
    expect(problems[0]).toMatchObject({ code: "E_WATCH" });
    expect(problems[0]?.message).toContain("System limit");
  });

  it("the time of change alone is changed: told as another content", async () => {
    await inbox();
    watch();
    await writeFile(at("inbox", "a.csv"), "1");
    await told("inbox/a.csv");
    await utimes(at("inbox", "a.csv"), 1000, 1000);
    await told("inbox/a.csv", "inbox/a.csv");
    expect(files[1]?.modifiedAt).toBe(1_000_000);
  });
});

describe("stopping", () => {
  it("while it looks: no watch is left on that would keep the process alive", async () => {
    await inbox();
    let open = 0;
    const counting = ((...args: Parameters<typeof systemNotices>) => {
      const watcher = systemNotices(...args) as FSWatcher;
      open++;
      watcher.once("close", () => open--);
      return watcher;
    }) as typeof systemNotices;
    const stop = watch("*.csv", { notices: counting });
    stop();
    const later = watch("*.csv", { notices: counting });
    await writeFile(at("inbox", "a.csv"), "a");
    await told("inbox/a.csv");
    later();
    await vi.waitFor(() => expect(open).toBe(0), patient);
  });
});
