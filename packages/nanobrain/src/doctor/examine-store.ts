import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { createRuntime, NanobrainError, type RunRecord, type Runtime } from "@nanobrain/engine";
import { sizeText } from "../views/size-text.js";
import type { Finding } from "./finding.js";

/** Runs whose journals are read from end to end. */
const runsRead = 200;

/** Reads journals with their checksums, and says who drives what. Nothing is changed. */
export async function examineStore(place: string | undefined): Promise<readonly Finding[]> {
  if (place === undefined || !existsSync(place)) {
    return [finding("place", "note", "there is no store here or above; `run` makes one beside the document")];
  }
  const found = [finding("place", "good", `${place}, ${sizeText(folderBytes(place))}`)];
  let runtime: Runtime;
  try {
    runtime = await createRuntime({ store: place });
  } catch (error) {
    return [...found, finding("open", "bad", textOf(error))];
  }
  try {
    return [...found, ...(await examineRuns(runtime))];
  } catch (error) {
    return [...found, finding("runs", "bad", textOf(error))];
  } finally {
    await runtime.close();
  }
}

async function examineRuns(runtime: Runtime): Promise<readonly Finding[]> {
  const runs = await runtime.store.runs();
  const findings: Finding[] = [];
  for (const run of runs.slice(0, runsRead)) {
    const fault = await readRun(runtime, run);
    if (fault !== undefined) findings.push(finding(run.name, "bad", fault));
  }
  const read = Math.min(runs.length, runsRead);
  findings.push(finding("runs", "good", `${runs.length}, the journals of ${read} read and checked`));
  return [...findings, ...(await examineDrivers(runtime, runs))];
}

/** Event numbers must be 1..n, and every event and the plan readable. */
async function readRun(runtime: Runtime, run: RunRecord): Promise<string | undefined> {
  try {
    const { events } = await runtime.look(run.id);
    const gap = events.findIndex((event, index) => event.seq !== index + 1);
    if (gap >= 0) return `event ${gap + 1} is missing from its journal`;
    return events.length < run.lastSeq ? `its journal ends at ${events.length} of ${run.lastSeq} events` : undefined;
  } catch (error) {
    return textOf(error);
  }
}

async function examineDrivers(runtime: Runtime, runs: readonly RunRecord[]): Promise<readonly Finding[]> {
  const open = runs.filter((run) => !["completed", "failed", "cancelled"].includes(run.status));
  const findings: Finding[] = [];
  for (const run of open) {
    const holder = await runtime.store.holder(run.id);
    const text =
      holder === undefined
        ? `${run.status}, and no process drives it: nanobrain resume ${run.name}`
        : `driven by process ${holder.pid} on ${holder.host}`;
    findings.push(finding(run.name, holder === undefined ? "note" : "good", text));
  }
  return findings;
}

function finding(subject: string, level: Finding["level"], text: string): Finding {
  return { area: "store", subject, level, text };
}

function textOf(error: unknown): string {
  if (error instanceof NanobrainError) return `${error.code} ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}

function folderBytes(folder: string): number {
  let sum = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) sum += statSync(join(entry.parentPath, entry.name)).size;
  }
  return sum;
}
