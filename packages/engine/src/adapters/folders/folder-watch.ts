import type { FSWatcher, watch as watchFolder } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { Clock } from "../../contracts/clock.js";
import type { WatchedFile } from "../../contracts/watcher.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import type { GlobPattern } from "../../paths/glob-pattern.js";
import { resolveInside } from "../../paths/resolve-inside.js";
import { type FileName, fileNow, fittingNames, namePattern, type Place } from "./folder-files.js";

export type FolderWatchParts = {
  readonly project: string;
  readonly roots: readonly string[];
  readonly clock: Clock;
  readonly notices: typeof watchFolder;
  readonly folder: string;
  readonly pattern: string;
  readonly debounceMs: number;
  readonly onFile: (file: WatchedFile) => void;
  readonly onProblem: (problem: Error) => void;
};

/** A file that must stand still before it is told. */
type Pending = { readonly file: FileName; readonly seen: WatchedFile; readonly since: number };

/** Times in a row that the folder may vanish or its notices break off before that is a problem. */
const MAX_STARTS = 8;
const STATS_AT_ONCE = 32;

/**
 * One folder under watch.
 * W1. The notices are on before the folder is listed, so nothing falls between the two.
 * W2. Notices only say when to look; what counts is the listing. A notice that is lost costs a delay to the next, no file.
 * W3. All looking is done by one loop, so no two looks overlap.
 * W4. The one timer there is belongs to the file that is due first; without a file that must stand still there is none.
 */
export class FolderWatch {
  readonly #parts: FolderWatchParts;
  readonly #fits: GlobPattern["matches"];
  /** What is watched: the folder, or the nearest one above it while it is not there. */
  #watched: { readonly real: string; readonly identity: string; readonly watcher: FSWatcher } | undefined;
  /** Keys of files that were told, by name. */
  readonly #told = new Map<string, string>();
  /** In the order of `since`. */
  readonly #pending = new Map<string, Pending>();
  /** Names that notices spoke of; `#all`: every name must be looked at. */
  #named = new Set<string>();
  #all = true;
  #due = false;
  #starts = 0;
  #looking = false;
  #stopped = false;
  #wakeOff: (() => void) | undefined;

  constructor(parts: FolderWatchParts) {
    this.#parts = parts;
    this.#fits = namePattern(parts.pattern);
  }

  start(): void {
    this.#look();
  }

  stop(): void {
    this.#stopped = true;
    this.#unwatch();
    this.#wakeOff?.();
    this.#wakeOff = undefined;
  }

  #look(): void {
    if (this.#looking || this.#stopped) return;
    this.#looking = true;
    this.#lookAround()
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#looking = false;
        if (this.#mustLook()) this.#look();
      });
  }

  #mustLook(): boolean {
    return !this.#stopped && (this.#all || this.#due || this.#named.size > 0);
  }

  async #lookAround(): Promise<void> {
    while (this.#mustLook()) {
      const place = await this.#settle();
      if (place !== undefined && (this.#all || this.#named.size > 0)) await this.#list(place);
      if (place !== undefined) await this.#tellDue(place);
    }
    this.#arm();
  }

  /** Watches the folder, or the nearest one above it. Undefined: it is not there. */
  async #settle(): Promise<Place | undefined> {
    const { project, roots, folder } = this.#parts;
    // Before looking, so that a notice of what comes meanwhile is kept.
    const all = this.#all;
    this.#all = false;
    const found = resolveInside(project, roots, folder);
    if (found.status === "outside") throw nanobrainError("E_PATH_REFUSED", { path: folder, what: found.what });
    const real = found.status === "found" ? found.real : found.parent;
    const now = await statOrNothing(real);
    // A watch that began now would keep the process alive for good.
    if (this.#stopped) return undefined;
    if (now === undefined) return this.#again();
    if (found.status === "found" && !now.isDirectory())
      throw nanobrainError("E_PATH_REFUSED", { path: folder, what: "it is no folder" });
    // A folder that was made again may have the number of the one that was taken away.
    const identity = `${now.dev}:${now.ino}:${now.birthtimeMs}`;
    const isNew = this.#watched?.real !== real || this.#watched.identity !== identity;
    if (isNew) this.#watch(real, identity);
    if (found.status === "found") {
      this.#all ||= all;
      return { project, roots, folder, real };
    }
    this.#forget();
    return undefined;
  }

  /** What was there a moment ago is not: look for the folder anew. */
  #again(): undefined {
    this.#unwatch();
    this.#all = true;
    if (++this.#starts > MAX_STARTS)
      throw nanobrainError("E_WATCH", { folder: this.#parts.folder, what: "it comes and goes" });
  }

  #forget(): void {
    this.#told.clear();
    this.#pending.clear();
    this.#named.clear();
    this.#due = false;
  }

  #watch(real: string, identity: string): void {
    this.#unwatch();
    if (++this.#starts > MAX_STARTS)
      throw nanobrainError("E_WATCH", { folder: this.#parts.folder, what: "its notices break off again and again" });
    const watcher = this.#parts.notices(real, { encoding: "utf8" }, (event, name) =>
      this.#noticed(watcher, event, name),
    );
    watcher.on("error", () => this.#broke(watcher));
    this.#watched = { real, identity, watcher };
    // W1: what came just before is found by looking once more.
    this.#all = true;
  }

  #unwatch(): void {
    this.#watched?.watcher.close();
    this.#watched = undefined;
  }

  #noticed(watcher: FSWatcher, event: string, name: string | null): void {
    const { real, watcher: own } = this.#watched ?? {};
    if (real === undefined || own !== watcher) return;
    this.#starts = 0;
    // Notices of the folder itself come by its own name. Once it was taken away or moved they tell nothing any more.
    if (name === basename(real) && event === "rename") this.#unwatch();
    if (name === null || name === basename(real) || this.#isAbove(name)) this.#all = true;
    else if (this.#fits(name)) this.#named.add(name);
    if (this.#mustLook()) this.#look();
  }

  /** Notices of a folder above it come by the name of the next one. */
  #isAbove(name: string): boolean {
    return this.#parts.folder.split("/").includes(name);
  }

  #broke(watcher: FSWatcher): void {
    if (this.#watched?.watcher !== watcher) return;
    this.#unwatch();
    this.#all = true;
    this.#look();
  }

  async #list(place: Place): Promise<void> {
    const all = this.#all;
    const named = this.#named;
    this.#all = false;
    this.#named = new Set();
    const files = await this.#names(place);
    if (files === undefined) return;
    const there = new Set(files.map((file) => file.name));
    for (const name of [...this.#told.keys(), ...this.#pending.keys()]) if (!there.has(name)) this.#drop(name);
    const looked = files.filter(({ name }) => all || named.has(name) || !this.#isKnown(name));
    for (let at = 0; at < looked.length && !this.#stopped; at += STATS_AT_ONCE) {
      const some = looked.slice(at, at + STATS_AT_ONCE);
      const seen = await Promise.all(some.map((file) => fileNow(place, file)));
      for (const [i, file] of some.entries()) this.#saw(file, seen[i]);
    }
  }

  /** Undefined: the folder vanished, and is looked for anew. */
  async #names(place: Place): Promise<readonly FileName[] | undefined> {
    try {
      return await fittingNames(place.real, this.#fits);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "ENOENT" && code !== "ENOTDIR") throw error;
      return this.#again();
    }
  }

  #isKnown(name: string): boolean {
    return this.#told.has(name) || this.#pending.has(name);
  }

  #drop(name: string): void {
    this.#told.delete(name);
    this.#pending.delete(name);
  }

  #saw(file: FileName, seen: WatchedFile | undefined): void {
    const { name } = file;
    if (seen === undefined) this.#drop(name);
    else if (this.#told.get(name) === seen.key) this.#pending.delete(name);
    else if (this.#pending.get(name)?.seen.key !== seen.key) {
      this.#pending.delete(name);
      this.#pending.set(name, { file, seen, since: this.#parts.clock.now() });
    }
  }

  /** Tells the files that stood still, if they still do. */
  async #tellDue(place: Place): Promise<void> {
    this.#due = false;
    const still = this.#parts.clock.now() - this.#parts.debounceMs;
    const due = [...this.#pending.values()].filter(({ since }) => since <= still);
    for (const { file, seen } of due) {
      const now = await fileNow(place, file);
      if (this.#stopped) return;
      if (now?.key !== seen.key) this.#saw(file, now);
      else {
        this.#pending.delete(file.name);
        this.#told.set(file.name, seen.key);
        this.#parts.onFile(seen);
      }
    }
  }

  #arm(): void {
    this.#wakeOff?.();
    this.#wakeOff = undefined;
    const [first] = this.#pending.values();
    if (first === undefined || this.#stopped) return;
    this.#wakeOff = this.#parts.clock.wake(first.since + this.#parts.debounceMs, () => {
      this.#due = true;
      this.#look();
    });
  }

  #fail(error: unknown): void {
    if (this.#stopped) return;
    this.stop();
    const { code, message } = error as NodeJS.ErrnoException;
    const own = code?.startsWith("E_") === true && error instanceof Error;
    const what = message ?? String(error);
    this.#parts.onProblem(
      own ? error : nanobrainError("E_WATCH", { folder: this.#parts.folder, what }, { cause: error }),
    );
  }
}

async function statOrNothing(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
