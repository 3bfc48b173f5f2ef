import { mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import type { OlderFiles } from "./open-http.js";
import {
  fileNameOf,
  keyOf,
  type RecordedAnswer,
  type RecordedRequest,
  type Recording,
  readRecording,
} from "./recording.js";

export type KnownRecording = Recording & { readonly path: string };

/** A recorder that was killed leaves its lock behind. */
const abandonedMs = 5_000;
const retryMs = 5;

/** All recordings of a folder and of those in it, by what is asked. A file that is none fails with E_USAGE. */
export function readRecordings(folder: string): Map<string, KnownRecording> {
  const known = new Map<string, KnownRecording>();
  for (const path of recordingPaths(folder)) {
    const recording = readFile(path);
    known.set(keyOf(recording.request), { ...recording, path });
  }
  return known;
}

/** The files of a folder, each with what tells it apart from one that takes its place. */
export function olderFiles(folder: string): OlderFiles {
  return Object.fromEntries(recordingPaths(folder).map((path) => [path, identityOf(path) ?? ""]));
}

function recordingPaths(folder: string): readonly string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
    return entries.flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return recordingPaths(path);
      return entry.name.endsWith(".json") ? [path] : [];
    });
  } catch {
    return [];
  }
}

function readFile(path: string): Recording {
  let problem = "it is no recording of format 1";
  try {
    const recording = readRecording(JSON.parse(readFileSync(path, "utf8")));
    if (recording !== undefined) return recording;
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
  }
  throw nanobrainError("E_USAGE", { problem: `Cannot read the recording ${path}: ${problem}` });
}

/**
 * Adds an answer to the file of its request; one of `older` files is replaced. Several processes and threads may do so at once:
 * each file is written whole, by one after the other.
 */
export async function addAnswer(
  folder: string,
  older: OlderFiles,
  known: string | undefined,
  request: RecordedRequest,
  answer: RecordedAnswer,
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const path = known ?? join(folder, fileNameOf(request));
  await locked(`${path}.lock`, () => {
    const identity = identityOf(path);
    const isOurs = identity !== undefined && identity !== older[path];
    const answers = [...(isOurs ? readFile(path).answers : []), answer];
    const recording: Recording = { format: 1, request, answers };
    writeFileSync(`${path}.new`, `${JSON.stringify(recording, null, 2)}\n`);
    renameSync(`${path}.new`, path);
  });
}

function identityOf(path: string): string | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? undefined : `${found.ino} ${found.mtimeNs}`;
}

async function locked(lock: string, work: () => void): Promise<void> {
  while (!tookLock(lock)) await pause(retryMs);
  try {
    work();
  } finally {
    rmdirSync(lock);
  }
}

function tookLock(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  const made = statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
  if (made !== undefined && Date.now() - made > abandonedMs) removeLock(lock);
  return false;
}

function removeLock(lock: string): void {
  try {
    rmdirSync(lock);
  } catch {
    // Somebody else was faster.
  }
}
