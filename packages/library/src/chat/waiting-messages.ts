import { randomUUID } from "node:crypto";
import { link, mkdir, open, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { nanobrainError } from "@nanobrain/engine";

export type WaitingMessage = { readonly number: number; readonly text: string };

/** Messages of a conversation that were accepted and whose turn has not begun, each under the number of its turn. */
export type WaitingMessages = {
  /** On disk when it resolves. False: the number is taken. */
  put(message: WaitingMessage): Promise<boolean>;
  /** By number. */
  list(): Promise<readonly WaitingMessage[]>;
  /** Its turn has begun, or never will. */
  drop(number: number): Promise<void>;
};

/** `place`: of the store. In memory nothing outlives the process. */
export function waitingMessages(place: string, session: string): WaitingMessages {
  return place === "memory" ? inMemory() : inFolder(join(place, "chats", session));
}

function inMemory(): WaitingMessages {
  const kept = new Map<number, string>();
  return {
    put({ number, text }) {
      const isFree = !kept.has(number);
      if (isFree) kept.set(number, text);
      return Promise.resolve(isFree);
    },
    list: () => Promise.resolve(sorted([...kept].map(([number, text]) => ({ number, text })))),
    drop(number) {
      kept.delete(number);
      return Promise.resolve();
    },
  };
}

const sorted = (messages: readonly WaitingMessage[]): readonly WaitingMessage[] =>
  [...messages].sort((one, other) => one.number - other.number);

/** A file for each, which appears whole or not at all, and only where there is none: processes cannot take a number twice. */
function inFolder(folder: string): WaitingMessages {
  const fileOf = (number: number): string => join(folder, `${number}.json`);
  return {
    async put({ number, text }) {
      await mkdir(folder, { recursive: true });
      const draft = join(folder, `${randomUUID()}.draft`);
      try {
        await written(draft, JSON.stringify({ number, text }));
        await link(draft, fileOf(number));
        await synced(folder);
        return true;
      } catch (error) {
        if (codeOf(error) === "EEXIST") return false;
        throw nanobrainError("E_STORE_IO", { file: fileOf(number), what: String(error) }, { cause: error });
      } finally {
        await rm(draft, { force: true });
      }
    },
    list: async () => sorted(await readAll(folder)),
    async drop(number) {
      await rm(fileOf(number), { force: true });
    },
  };
}

async function written(file: string, text: string): Promise<void> {
  const handle = await open(file, "w", 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** So that the file's name is on disk, too. Where folders cannot be synced they need not be. */
async function synced(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

async function readAll(folder: string): Promise<WaitingMessage[]> {
  const names = await readdir(folder).catch(() => []);
  const found: WaitingMessage[] = [];
  for (const name of names.filter((one) => /^\d+\.json$/.test(one))) {
    // It may have begun meanwhile.
    const text = await readFile(join(folder, name), "utf8").catch(() => undefined);
    if (text !== undefined) found.push(JSON.parse(text) as WaitingMessage);
  }
  return found;
}

const codeOf = (error: unknown): unknown => (error as { readonly code?: unknown } | null)?.code;
