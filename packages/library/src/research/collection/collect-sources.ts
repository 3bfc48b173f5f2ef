import type { Failure, Json } from "@nanobrain/engine";
import { classify } from "@nanobrain/engine/steps";
import { apiSource } from "./api/api-source.js";
import type { Collecting, ReadSource, TableNotes } from "./collecting.js";
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
  /** How its answers that are tables were read. */
  readonly tables: readonly TableNotes[];
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
  const tables: TableNotes[] = [];
  const spent = { requests: 0, bytes: 0, ms: 0 };
  // Of the part that is on its way: parts that came say themselves what they took, also those of an earlier attempt.
  let under = { requests: 0, sinceMs: performance.now() };
  const onRequest = (): void => {
    under.requests += 1;
  };
  try {
    for await (const part of read(entry, { ...collecting, onRequest })) {
      for (const row of part.rows) rows.push(row);
      if (part.table !== undefined) tables.push(part.table);
      spent.requests += part.requests;
      spent.bytes += part.bytes;
      spent.ms += part.ms;
      under = { requests: 0, sinceMs: performance.now() };
    }
    return { entry, rows, tables, ...spent };
  } catch (error) {
    collecting.context.signal.throwIfAborted();
    spent.requests += under.requests;
    spent.ms += Math.round(performance.now() - under.sinceMs);
    return { entry, rows, tables, ...spent, failure: classify(error), error };
  }
}
