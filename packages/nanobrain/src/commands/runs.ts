import { existsSync } from "node:fs";
import { createRuntime, nanobrainError } from "@nanobrain/engine";
import { type Call, flag, text } from "../call.js";
import { withRuntime } from "../open-runtime.js";
import { storePlace } from "../store-place.js";
import { type RunRow, runsTable } from "../views/runs-table.js";

/** The runs of the store, newest first. */
export async function main(call: Call): Promise<number> {
  const { out, err, now } = call.terminal;
  if (flag(call, "prune")) return (await import("../prune.js")).prune(call);
  if (text(call, "keep") !== undefined || flag(call, "dry-run"))
    throw nanobrainError("E_USAGE", { problem: "Cannot use --keep or --dry-run without --prune" });
  const store = storePlace(call);
  const rows = store === undefined || !existsSync(store) ? [] : await readRows(call, store);
  if (flag(call, "json")) {
    out.line(JSON.stringify({ store: store ?? null, runs: rows.map(printed) }));
    return 0;
  }
  if (rows.length === 0)
    err.line(
      store === undefined
        ? "no runs: there is no .nanobrain folder here or above (--store names one)"
        : `no ${flag(call, "unfinished") ? "unfinished " : ""}runs${ofWorkflow(call)} in ${store}`,
    );
  else for (const line of runsTable(rows, out.look, now())) out.line(line);
  return 0;
}

function ofWorkflow(call: Call): string {
  const workflow = text(call, "workflow");
  return workflow === undefined ? "" : ` of workflow ${workflow}`;
}

function readRows(call: Call, store: string): Promise<readonly RunRow[]> {
  const workflow = text(call, "workflow");
  const filter = {
    limit: limitOf(call),
    unfinished: flag(call, "unfinished"),
    ...(workflow === undefined ? {} : { workflow }),
  };
  return withRuntime(createRuntime({ store }), async (runtime) => {
    const runs = await runtime.store.runs(filter);
    return Promise.all(
      runs.map(async (run) => ({ ...run, driven: (await runtime.store.holder(run.id)) !== undefined })),
    );
  });
}

function limitOf(call: Call): number {
  const given = text(call, "limit");
  if (given === undefined) return 20;
  const limit = Number(given);
  if (Number.isSafeInteger(limit) && limit > 0) return limit;
  throw nanobrainError("E_USAGE", { problem: `Cannot use --limit ${given}: a whole number above 0 is expected` });
}

function printed(row: RunRow): { readonly [key: string]: string | number | boolean | null } {
  const { id, name, workflow, status, driven, createdAt, endedAt, lastSeq, planHash } = row;
  return {
    run_id: id,
    name,
    workflow,
    status,
    driven,
    created_at: createdAt,
    ended_at: endedAt,
    last_seq: lastSeq,
    plan_hash: planHash,
  };
}
