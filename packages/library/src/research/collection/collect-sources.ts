import type { Failure, Json } from "@nanobrain/engine";
import { classify } from "@nanobrain/engine/steps";
import { apiSource } from "./api/api-source.js";
import type { Collecting, ReadSource } from "./collecting.js";
import { databaseSource } from "./database/database-source.js";
import type { SourceEntry } from "./source-entries.js";
import { robotsGate } from "./web/robots-gate.js";
import { webSource } from "./web/web-source.js";

export type SourceOutcome = {
  readonly entry: SourceEntry;
  readonly rows: readonly Json[];
  readonly requests: number;
  readonly bytes: number;
  readonly ms: number;
  /** What it failed with; rows of the parts before it are there. */
  readonly failure?: Failure;
  /** The same as it was thrown. */
  readonly error?: unknown;
};

/** All sources, a few at once, in the order of their entries. None throws but by the end of the attempt. */
export async function collectSources(
  entries: readonly SourceEntry[],
  collecting: Collecting,
): Promise<readonly SourceOutcome[]> {
  const { context, config } = collecting;
  const readers = { api: apiSource, web_scraping: webSource(robotsGate(collecting)), database: databaseSource };
  const outcomes: SourceOutcome[] = [];
  const waiting = entries.entries();
  let done = 0;
  const work = async (): Promise<void> => {
    for (const [at, entry] of waiting) {
      outcomes[at] = await collectOne(entry, readers[entry.kind], collecting);
      done += 1;
      context.progress(done / entries.length, `${done} of ${entries.length} sources`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(config.concurrency, entries.length) }, work));
  return outcomes;
}

async function collectOne(entry: SourceEntry, read: ReadSource, collecting: Collecting): Promise<SourceOutcome> {
  const rows: Json[] = [];
  const spent = { requests: 0, bytes: 0, ms: 0 };
  try {
    for await (const part of read(entry, collecting)) {
      for (const row of part.rows) rows.push(row);
      spent.requests += part.requests;
      spent.bytes += part.bytes;
      spent.ms += part.ms;
    }
    return { entry, rows, ...spent };
  } catch (error) {
    collecting.context.signal.throwIfAborted();
    return { entry, rows, ...spent, failure: classify(error), error };
  }
}
