import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { createRuntime, NanobrainError, type Plan, type RunEvent } from "@nanobrain/engine";
import { type RunSummary, summarize } from "@nanobrain/engine/observe";
import { checkJournal } from "../../packages/engine/src/testing/simulator/journal-rules.js";

/** A store as a version left it, and what its run came to then; see `scripts/record-journals.mjs`. */
export type Recorded = {
  readonly version: string;
  readonly shape: string;
  readonly kind: "finished" | "open" | "paused";
  readonly expected: { readonly status: string; readonly outputs: unknown };
  readonly events: number;
  readonly sha256: string;
  readonly planHash: string;
  readonly summary: RunSummary;
  /** What its steps had noted outside of the store. */
  readonly side: { readonly [path: string]: string };
  readonly files: { readonly [path: string]: string };
};

const here = import.meta.dirname;
const rig = join(here, "../crash-rig");

/** All there are, of all versions, by file. */
export const recordings: readonly string[] = readdirSync(here, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".json.gz"))
  .sort();

export function readRecorded(path: string): Recorded {
  return JSON.parse(gunzipSync(readFileSync(join(here, path))).toString()) as Recorded;
}

/** Lays a recording out in a new folder, with the documents of its shape. */
export function unpack(recorded: Recorded): string {
  const folder = mkdtempSync(join(tmpdir(), "nanobrain-recorded-"));
  cpSync(join(rig, "shapes"), folder, { recursive: true });
  const write = (path: string, bytes: Buffer): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  };
  mkdirSync(join(folder, ".nanobrain/journals"), { recursive: true });
  for (const [path, text] of Object.entries(recorded.side)) write(path, Buffer.from(text));
  for (const [path, bytes] of Object.entries(recorded.files))
    write(join(".nanobrain", path), Buffer.from(bytes, "base64"));
  return folder;
}

/** What this version reads otherwise than the one that recorded it, in words; empty: nothing. */
export async function replayed(recorded: Recorded, folder: string): Promise<readonly string[]> {
  let looked: { readonly plan: Plan; readonly events: readonly RunEvent[] };
  const runtime = await createRuntime({ store: join(folder, ".nanobrain") });
  try {
    looked = await runtime.look("rig");
  } catch (error) {
    return [`it cannot be read: ${error instanceof NanobrainError ? error.code : String(error)}`];
  } finally {
    await runtime.close();
  }
  const { plan, events } = looked;
  const sha256 = createHash("sha256").update(JSON.stringify(events)).digest("hex");
  const told = JSON.parse(JSON.stringify(summarize(plan, events))) as unknown;
  return [
    ...(events.length === recorded.events ? [] : [`${events.length} events of ${recorded.events}`]),
    ...(sha256 === recorded.sha256 ? [] : ["its events are not those that were recorded"]),
    ...(plan.hash === recorded.planHash ? [] : [`its plan is ${plan.hash}`]),
    ...missing(recorded.summary, told, "summary"),
    ...(recorded.kind === "finished" ? checkJournal(plan, events).faults : []),
  ];
}

/** Where a value lacks what another has; it may have more. */
function missing(wanted: unknown, found: unknown, path: string): readonly string[] {
  if (typeof wanted !== "object" || wanted === null)
    return Object.is(wanted, found) ? [] : [`${path} is ${JSON.stringify(found)}, it was ${JSON.stringify(wanted)}`];
  if (typeof found !== "object" || found === null) return [`${path} is gone`];
  return Object.entries(wanted).flatMap(([key, value]) =>
    missing(value, (found as { readonly [key: string]: unknown })[key], `${path}.${key}`),
  );
}

/** Goes on with a run that was left in the middle; what differs from how it ended for the one that recorded it, in words. */
export async function resumed(recorded: Recorded, folder: string): Promise<readonly string[]> {
  const place = await recordedPlace(folder);
  // What it watches is looked for where it was recorded.
  symlinkSync(folder, place);
  try {
    return await goneOn(recorded, folder);
  } finally {
    unlinkSync(place);
  }
}

/** The workflow's folder, as its journal says. */
async function recordedPlace(folder: string): Promise<string> {
  const runtime = await createRuntime({ store: join(folder, ".nanobrain") });
  try {
    const [created] = (await runtime.look("rig")).events;
    return String(created?.type === "run.created" ? created.options["project"] : undefined);
  } finally {
    await runtime.close();
  }
}

async function goneOn(recorded: Recorded, folder: string): Promise<readonly string[]> {
  const finished = join(folder, "finished");
  let said = "";
  for (let round = 0; round < 5 && !existsSync(finished); round++) {
    said = await child(folder, recorded.shape, recorded.shape === "waiting" && round % 2 === 1 ? "answer" : "resume");
  }
  if (!existsSync(finished)) return [`it did not go on: ${said.slice(-1000)}`];
  const ended = JSON.parse(readFileSync(finished, "utf8").trim().split("\n").at(-1) ?? "") as unknown;
  return JSON.stringify(ended) === JSON.stringify(recorded.expected)
    ? []
    : [`it ended as ${JSON.stringify(ended)}, recorded was ${JSON.stringify(recorded.expected)}`];
}

function child(folder: string, shape: string, mode: string): Promise<string> {
  const args = [join(rig, "child.mjs"), folder, `${shape}.yml`, mode, "0", ""];
  const started = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  started.stderr.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  const watchdog = setTimeout(() => started.kill("SIGKILL"), 90_000);
  return new Promise((resolve) =>
    started.on("close", () => {
      clearTimeout(watchdog);
      resolve(said);
    }),
  );
}

/** Unpacks a recording, looks, and removes it. */
export async function withRecorded<T>(
  path: string,
  look: (recorded: Recorded, folder: string) => Promise<T>,
): Promise<T> {
  const recorded = readRecorded(path);
  const folder = unpack(recorded);
  try {
    return await look(recorded, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
