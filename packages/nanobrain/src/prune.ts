import { existsSync } from "node:fs";
import { createRuntime, nanobrainError, type Pruned } from "@nanobrain/engine";
import { type Call, flag, text } from "./call.js";
import { withRuntime } from "./open-runtime.js";
import { storePlace } from "./store-place.js";
import { wrap } from "./terminal/text-width.js";
import { sizeText } from "./views/size-text.js";

const unitsMs: { readonly [unit: string]: number } = { s: 1e3, m: 6e4, h: 36e5, d: 864e5, w: 6048e5 };
const namedAtMost = 20;

/** Removes old ended runs, and says what went, what stayed and why, and how much room there is for it. */
export async function prune(call: Call): Promise<number> {
  const keepMs = keepOf(text(call, "keep"));
  const store = storePlace(call);
  const { out } = call.terminal;
  const dryRun = flag(call, "dry-run");
  const nothing: Pruned = { runs: [], kept: [], cacheEntries: 0, blobs: 0, freedBytes: 0 };
  const pruned =
    store === undefined || !existsSync(store)
      ? nothing
      : await withRuntime(createRuntime({ store }), (runtime) => runtime.prune({ keepMs, dryRun }));
  if (flag(call, "json")) out.line(JSON.stringify(printed(pruned, dryRun)));
  else for (const line of lines(pruned, dryRun)) for (const part of wrap(line, out.look.width)) out.line(part);
  return 0;
}

function keepOf(given: string | undefined): number {
  if (given === undefined)
    throw nanobrainError("E_USAGE", { problem: "Cannot prune: --keep AGE is missing (such as 30d)" });
  const [, count, unit] = /^(\d+(?:\.\d+)?)([smhdw])$/.exec(given) ?? [];
  const unitMs = unitsMs[unit ?? ""];
  if (count !== undefined && unitMs !== undefined) return Number(count) * unitMs;
  const problem = `Cannot use --keep ${given}: a number with s, m, h, d or w is expected, such as 30d`;
  throw nanobrainError("E_USAGE", { problem });
}

function lines({ runs, kept, cacheEntries, blobs, freedBytes }: Pruned, dryRun: boolean): readonly string[] {
  const names = runs.slice(0, namedAtMost).map((run) => run.name);
  const more = runs.length > namedAtMost ? ` and ${runs.length - namedAtMost} more` : "";
  const verb = dryRun ? "would remove" : "removed";
  const counts = [
    `${runs.length} ${runs.length === 1 ? "run" : "runs"}`,
    `${cacheEntries} cached ${cacheEntries === 1 ? "result" : "results"}`,
    `${blobs} ${blobs === 1 ? "blob" : "blobs"}`,
  ];
  return [
    ...(names.length === 0 ? [] : [`${verb} ${names.join(", ")}${more}`]),
    ...kept.map(({ run, reason }) => `kept ${run.name}: ${reason}`),
    `${dryRun ? "would free about" : "freed"} ${sizeText(freedBytes)}: ${counts.join(", ")}`,
  ];
}

function printed({ runs, kept, cacheEntries, blobs, freedBytes }: Pruned, dryRun: boolean) {
  return {
    dry_run: dryRun,
    removed: runs.map(({ id, name }) => ({ run_id: id, name })),
    kept: kept.map(({ run, reason }) => ({ run_id: run.id, name: run.name, reason })),
    cached_results: cacheEntries,
    blobs,
    freed_bytes: freedBytes,
  };
}
