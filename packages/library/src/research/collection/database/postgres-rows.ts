/// <reference path="./pg-client.d.ts" />
import { type Json, type JsonObject, nanobrainError } from "@nanobrain/engine";
import { plainValue } from "./plain-value.js";

export type PostgresQuery = {
  /** Name for messages; the address may hold a password. */
  readonly database: string;
  readonly address: string;
  readonly allowHosts: readonly string[];
  readonly query: string;
  readonly parameters: readonly Json[];
  readonly mostRows: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
};

const rowsAtOnce = 1_000;

/** Rows of one query, in a transaction that may only read, by a cursor, within the timeout. */
export async function postgresRows(wanted: PostgresQuery): Promise<readonly JsonObject[]> {
  const { database, address, timeoutMs, signal } = wanted;
  demandAllowed(wanted);
  // Without the pool, which one query does not need.
  const { default: Client } = await import("pg/lib/client.js");
  const client = new Client({
    connectionString: address,
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs + 1_000,
    statement_timeout: timeoutMs,
    application_name: "nanobrain",
  });
  // A connection that breaks later is told by the query that waits for it.
  client.on("error", () => undefined);
  const stop = (): void => void client.end().catch(() => undefined);
  try {
    await client.connect();
  } catch (cause) {
    throw nanobrainError("E_COLLECT_DATABASE", { database, what: messageOf(cause) }, connectTraits(cause));
  }
  signal.addEventListener("abort", stop, { once: true });
  try {
    signal.throwIfAborted();
    return await read(client, wanted);
  } catch (cause) {
    signal.throwIfAborted();
    throw queryFault(database, cause);
  } finally {
    signal.removeEventListener("abort", stop);
    await client.end().catch(() => undefined);
  }
}

/** Hosts stand under `allow_hosts`; sockets and lists of hosts are refused. */
function demandAllowed({ database, address, allowHosts }: PostgresQuery): void {
  const refuse = (what: string, hint: string): Error => nanobrainError("E_COLLECT_QUERY", { database, what }, { hint });
  if (!/^postgres(ql)?:\/\//.test(address) || !URL.canParse(address))
    throw refuse("its address is not postgres://user@host:port/name", "Give the address as one URL.");
  const { hostname, port, searchParams } = new URL(address);
  if (hostname === "" || searchParams.has("host"))
    throw refuse("its address names no host", "Databases are reached by the name of a host.");
  const names = [hostname, `${hostname}:${port === "" ? "5432" : port}`];
  if (!names.some((name) => allowHosts.includes(name)))
    throw refuse(`host ${hostname} is not allowed`, `Name it: allow_hosts: ["${names[1]}"]`);
}

type Client = InstanceType<typeof import("pg").Client>;

async function read(client: Client, { query, parameters, mostRows }: PostgresQuery): Promise<readonly JsonObject[]> {
  await client.query("BEGIN TRANSACTION READ ONLY");
  await client.query({ text: `DECLARE nanobrain_rows NO SCROLL CURSOR FOR ${query}`, values: [...parameters] });
  const rows: JsonObject[] = [];
  while (rows.length < mostRows) {
    const wanted = Math.min(rowsAtOnce, mostRows - rows.length);
    const part = await client.query<Record<string, unknown>>(`FETCH FORWARD ${wanted} FROM nanobrain_rows`);
    rows.push(
      ...part.rows.map((row) =>
        Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plainValue(value)])),
      ),
    );
    if (part.rows.length < wanted) break;
  }
  await client.query("ROLLBACK");
  return rows;
}

const messageOf = (cause: unknown): string =>
  cause instanceof Error ? cause.message || String((cause as { code?: unknown }).code ?? "it failed") : String(cause);

const codeOf = (cause: unknown): string => String((cause as { readonly code?: unknown } | undefined)?.code ?? "");

/** Wrong names and passwords, unknown databases: trying again does not help. */
function connectTraits(cause: unknown): { readonly kind?: "configuration"; readonly retryable?: false } {
  return /^(28|3D)/.test(codeOf(cause)) ? { kind: "configuration", retryable: false } : {};
}

function queryFault(database: string, cause: unknown): Error {
  const code = codeOf(cause);
  const details = { database, what: messageOf(cause) };
  if (code === "57014")
    return nanobrainError(
      "E_COLLECT_QUERY",
      { database, what: "it took longer than its timeout" },
      { kind: "timeout", retryable: true },
    );
  // 25006: it would write. Other classes than those of the server's own troubles are the query's fault.
  const isServers = code === "" || /^(08|53|57|58|40)/.test(code);
  return isServers ? nanobrainError("E_COLLECT_DATABASE", details) : nanobrainError("E_COLLECT_QUERY", details);
}
