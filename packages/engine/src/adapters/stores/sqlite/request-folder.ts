import { type FSWatcher, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, watch } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import type { Requests, SteeringAnswer, SteeringRequest } from "../../../contracts/requests.js";
import { inOrder } from "../request-order.js";
import { fileFault } from "./faults.js";
import { fileIdentity, syncFolder } from "./store-folder.js";

/** Answers that whoever asked never came for. */
const staleAnswerMs = 60 * 60 * 1000;
/** Where the system has no watch to give (any more), the folder is looked at as often as this. */
const lookEveryMs = 1000;

const requestFile = /^([\w-]{1,128})[.]json$/;
const answerFile = /^([\w-]{1,128})[.]answer$/;

/**
 * Requests as files of a folder: `ID.json` is asked, `ID.answer` is answered.
 * I1. A file has its name only when it is whole and synced. I2. An answer is on disk before its request goes, and a request
 * that has an answer is not listed. I3. A watch that is lost, or a folder that is removed, is noticed and mended.
 */
export class RequestFolder implements Requests {
  readonly #root: string;
  readonly #folder: string;

  constructor(root: string) {
    this.#root = root;
    this.#folder = join(root, "requests");
  }

  async post(request: SteeringRequest): Promise<void> {
    this.#make();
    this.#sweep();
    await this.#write(`${request.id}.json`, request);
  }

  async list(runId?: string): Promise<readonly SteeringRequest[]> {
    const names = this.#names();
    const answered = new Set(names.flatMap((name) => answerFile.exec(name)?.[1] ?? []));
    const found: SteeringRequest[] = [];
    for (const name of names) {
      const id = requestFile.exec(name)?.[1];
      if (id === undefined) continue;
      if (answered.has(id)) this.#remove(name);
      else found.push(...(await this.#read(id, runId)));
    }
    return inOrder(found);
  }

  async #read(id: string, runId: string | undefined): Promise<readonly SteeringRequest[]> {
    const file = join(this.#folder, `${id}.json`);
    const text = readText(file);
    if (text === undefined) return [];
    const request = requestOf(text, id);
    if (request !== undefined) return runId === undefined || request.runId === runId ? [request] : [];
    const details = { file, what: "it is no request of this version" };
    await this.settle(id, { status: "refused", code: "E_STORE_DAMAGED", details });
    return [];
  }

  async settle(id: string, answer: SteeringAnswer): Promise<void> {
    if (fileIdentity(join(this.#folder, `${id}.json`)) === undefined) return;
    if ((await this.answer(id)) === undefined) await this.#write(`${id}.answer`, answer);
    this.#remove(`${id}.json`);
  }

  async answer(id: string): Promise<SteeringAnswer | undefined> {
    const text = readText(join(this.#folder, `${id}.answer`));
    return text === undefined ? undefined : (JSON.parse(text) as SteeringAnswer);
  }

  async forget(id: string): Promise<void> {
    this.#remove(`${id}.answer`);
  }

  watch(listener: () => void): () => void {
    this.#make();
    const watching = new FolderWatch(this.#folder, () => this.#make(), listener);
    return () => watching.close();
  }

  #make(): void {
    try {
      if (mkdirSync(this.#folder, { recursive: true, mode: 0o700 }) !== undefined) syncFolder(this.#root);
    } catch (error) {
      throw fileFault(this.#folder, error);
    }
  }

  #names(): readonly string[] {
    try {
      return readdirSync(this.#folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw fileFault(this.#folder, error);
    }
  }

  /** Removes answers that nobody came for, and files of processes that died while writing them. */
  #sweep(): void {
    const old = Date.now() - staleAnswerMs;
    for (const name of this.#names()) {
      if (requestFile.test(name)) continue;
      const found = statSync(join(this.#folder, name), { throwIfNoEntry: false });
      if (found !== undefined && found.mtimeMs < old) this.#remove(name);
    }
  }

  async #write(name: string, value: SteeringRequest | SteeringAnswer): Promise<void> {
    const path = join(this.#folder, name);
    const temporary = `${path}.${process.pid}.new`;
    try {
      const file = await open(temporary, "w", 0o600);
      try {
        await file.writeFile(`${JSON.stringify(value)}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
      renameSync(temporary, path);
      syncFolder(this.#folder);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw fileFault(path, error);
    }
  }

  #remove(name: string): void {
    rmSync(join(this.#folder, name), { force: true });
  }
}

/** Hears of changes in a folder. Keeps no process alive. */
class FolderWatch {
  readonly #folder: string;
  readonly #make: () => void;
  readonly #listener: () => void;
  #watcher: FSWatcher | undefined;
  #identity: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #open = true;

  constructor(folder: string, make: () => void, listener: () => void) {
    this.#folder = folder;
    this.#make = make;
    this.#listener = listener;
    this.#begin();
  }

  #begin(): void {
    try {
      this.#make();
      this.#identity = fileIdentity(this.#folder);
      this.#watcher = watch(this.#folder, { persistent: false }, () => this.#heard());
      this.#watcher.on("error", () => this.#mend());
    } catch {
      this.#lookLater();
    }
  }

  #heard(): void {
    if (!this.#open) return;
    if (fileIdentity(this.#folder) !== this.#identity) this.#mend();
    else this.#listener();
  }

  /** What came while nothing was watched is looked for. */
  #mend(): void {
    if (!this.#open) return;
    this.#watcher?.close();
    this.#watcher = undefined;
    this.#begin();
    this.#listener();
  }

  #lookLater(): void {
    if (!this.#open) return;
    this.#timer = setTimeout(() => this.#mend(), lookEveryMs);
    this.#timer.unref();
  }

  close(): void {
    this.#open = false;
    this.#watcher?.close();
    clearTimeout(this.#timer);
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw fileFault(path, error);
  }
}

const actions = new Set(["pause", "unpause", "cancel", "finish", "trigger", "answer", "set"]);

/** Undefined: not what `post` writes. */
function requestOf(text: string, id: string): SteeringRequest | undefined {
  try {
    const { runId, at, by, action, id: own } = JSON.parse(text) as Partial<SteeringRequest>;
    if (own !== id || typeof runId !== "string" || typeof at !== "number" || typeof by !== "string") return undefined;
    return action !== undefined && actions.has(action.type) ? { id, runId, at, by, action } : undefined;
  } catch {
    return undefined;
  }
}
