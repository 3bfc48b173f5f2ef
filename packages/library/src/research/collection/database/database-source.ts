import { closeSync } from "node:fs";
import { type Json, type JsonObject, NanobrainError, nanobrainError } from "@nanobrain/engine";
import { openStepFile, queryRows } from "@nanobrain/engine/steps";
import type { Collecting, Part, ReadSource } from "../collecting.js";
import type { DatabaseConfig } from "../collection-config.js";
import { postgresRows } from "./postgres-rows.js";
import { singleSelect } from "./single-select.js";

/** Runs one query that reads. Its rows are recorded: a later attempt has them. */
export const databaseSource: ReadSource = async function* (entry, collecting) {
  yield await collecting.context.effect<Part & JsonObject>(`collect:${entry.id}:1`, async () => {
    const startMs = performance.now();
    const rows = await query(entry.given, collecting);
    return {
      rows,
      next: null,
      requests: 1,
      bytes: JSON.stringify(rows).length,
      ms: Math.round(performance.now() - startMs),
    };
  });
};

async function query(given: JsonObject, collecting: Collecting): Promise<readonly JsonObject[]> {
  const { name, database } = databaseOf(given, collecting);
  const refuse = (what: string): Error => nanobrainError("E_COLLECT_QUERY", { database: name, what });
  const read = singleSelect(String(given["query"]));
  if ("problem" in read) throw refuse(read.problem);
  const parameters = parametersOf(given["parameters"]);
  if (parameters === undefined) throw refuse("`parameters` must be a list of texts, numbers, true, false and null");
  const mostRows = collecting.config.max_records;
  collecting.onRequest?.();
  if ("file" in database) return await sqliteRows(name, database.file, read.query, parameters, mostRows, collecting);
  return await postgresRows({
    database: name,
    address: database.postgres,
    allowHosts: collecting.config.allow_hosts,
    query: read.query,
    parameters,
    mostRows,
    timeoutMs: collecting.timeoutMs,
    signal: collecting.context.signal,
  });
}

function databaseOf(
  given: JsonObject,
  { config }: Collecting,
): { readonly name: string; readonly database: DatabaseConfig } {
  const { database, file } = given;
  if (typeof file === "string") return { name: file, database: { file } };
  const names = Object.keys(config.databases);
  const name = typeof database === "string" ? database : names.length === 1 ? (names[0] ?? "") : "";
  const found = Object.hasOwn(config.databases, name) ? config.databases[name] : undefined;
  if (found !== undefined) return { name, database: found };
  throw nanobrainError(
    "E_COLLECT_QUERY",
    {
      database: name === "" ? "(none)" : name,
      what: `the step's config knows ${names.length === 0 ? "no databases" : names.join(", ")}`,
    },
    { hint: "Name the database under `databases`, or give the entry `file`, a SQLite file inside the project." },
  );
}

type Parameter = string | number | boolean | null;

function parametersOf(given: Json | undefined): readonly Parameter[] | undefined {
  if (given === undefined) return [];
  if (!Array.isArray(given)) return undefined;
  const list = given as readonly Json[];
  return list.every((value): value is Parameter => typeof value !== "object" || value === null) ? list : undefined;
}

async function sqliteRows(
  name: string,
  file: string,
  sql: string,
  parameters: readonly Parameter[],
  mostRows: number,
  { context }: Collecting,
): Promise<readonly JsonObject[]> {
  const opened = openStepFile(file, context.folders);
  closeSync(opened.fd);
  const bound = parameters.map((value) => (typeof value === "boolean" ? Number(value) : value));
  try {
    return await queryRows(opened.real, sql, bound, mostRows);
  } catch (cause) {
    if (cause instanceof NanobrainError) throw cause;
    throw nanobrainError("E_COLLECT_QUERY", {
      database: name,
      what: cause instanceof Error ? cause.message : String(cause),
    });
  }
}
