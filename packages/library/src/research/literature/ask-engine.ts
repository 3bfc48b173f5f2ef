import type { Http, Json, StepContext } from "@nanobrain/engine";
import { bytesOf, classify, millisecondsOf } from "@nanobrain/engine/steps";
import type { HostTurns } from "../host-turns.js";
import { engineLine } from "./engine-line.js";
import type { LiteratureConfig } from "./literature-config.js";
import type { EngineName, FoundRecord, RankedRecord } from "./literature-record.js";
import type { AskEngine, EnginePage, EngineQuery, SearchEngine } from "./search-engine.js";
import type { SearchRequest } from "./search-request.js";

/** An engine under the name by which the document asks for it. */
export type NamedEngine = { readonly key: EngineName; readonly engine: SearchEngine };

export type EngineFindings = {
  readonly key: EngineName;
  readonly service: string;
  readonly records: readonly RankedRecord[];
  /** How many records the engine says there are, over all queries. */
  readonly found: number;
  readonly requests: number;
  readonly unreadable: number;
  readonly warnings: readonly string[];
  /** What it failed with; records of the pages before it are there. */
  readonly failure?: ReturnType<typeof classify>;
  readonly error?: unknown;
};

export type Asking = {
  readonly config: LiteratureConfig;
  readonly context: StepContext;
  readonly turns: HostTurns;
  /** Called for each request. */
  readonly onRequest?: () => void;
};

/** All queries to one engine, page after page. Each page is recorded: a later attempt asks only for what is missing. */
export async function askEngine(
  { key, engine }: NamedEngine,
  requests: readonly SearchRequest[],
  asking: Asking,
): Promise<EngineFindings> {
  const pages: RecordedPage[] = [];
  const records: RankedRecord[] = [];
  // Of the page that is on its way: pages that came say themselves how many requests they took.
  let under = 0;
  const onRequest = (): void => {
    under += 1;
  };
  const findings = (): Omit<EngineFindings, "failure" | "error"> => ({
    key,
    service: engine.service,
    records,
    found: pages.reduce((sum, page) => sum + (page.found ?? 0), 0),
    requests: pages.reduce((sum, page) => sum + page.requests, under),
    unreadable: pages.reduce((sum, page) => sum + (page.unreadable ?? 0), 0),
    warnings: [...new Set(pages.flatMap((page) => page.warnings))],
  });
  try {
    for (const [number, request] of requests.entries()) {
      const ranked = (record: FoundRecord, rank: number): RankedRecord => ({
        ...record,
        engine: engine.name,
        rank,
        query: request.text,
      });
      for await (const { page, isFirst } of pagesOf({ key, engine }, request, number, { ...asking, onRequest })) {
        under = 0;
        // The total is the same on every page.
        pages.push(isFirst ? page : { ...page, found: 0 });
        records.push(...page.records.map((record, at) => ranked(record, page.start + at + 1)));
      }
    }
    return findings();
  } catch (error) {
    asking.context.signal.throwIfAborted();
    return { ...findings(), failure: classify(error), error };
  }
}

type RecordedPage = EnginePage & { readonly requests: number; readonly start: number };

async function* pagesOf(
  named: NamedEngine,
  request: SearchRequest,
  number: number,
  asking: Asking,
): AsyncGenerator<{ readonly page: RecordedPage; readonly isFirst: boolean }> {
  const { key, engine } = named;
  const { config, context } = asking;
  const query = queryOf(named, request, asking);
  let cursor: Json | undefined;
  let start = 0;
  for (let at = 1; ; at++) {
    const page = await context.effect<RecordedPage>(`search:${key}:${number + 1}:${at}`, async () => {
      let requests = 0;
      const ask = lineOf(engine, query, asking, () => {
        requests += 1;
        asking.onRequest?.();
      });
      const found = await engine.page(query, cursor, config.endpoints[key] ?? engine.endpoint, ask);
      return { ...found, records: found.records.slice(0, query.wanted - start), requests, start };
    });
    yield { page, isFirst: at === 1 };
    start += page.records.length;
    if (page.next === undefined || start >= query.wanted) return;
    cursor = page.next;
  }
}

function queryOf({ key, engine }: NamedEngine, request: SearchRequest, { config, context }: Asking): EngineQuery {
  const apiKey = config.api_keys[key] ?? (engine.secret === undefined ? undefined : context.secrets[engine.secret]);
  return {
    text: request.own[key] ?? request.text,
    wanted: config.per_engine ?? config.max_results,
    ...(request.fromYear === undefined ? {} : { fromYear: request.fromYear }),
    ...(request.toYear === undefined ? {} : { toYear: request.toYear }),
    ...(config.email === undefined ? {} : { email: config.email }),
    ...(apiKey === undefined || apiKey === "" ? {} : { apiKey }),
  };
}

function lineOf(
  engine: SearchEngine,
  query: EngineQuery,
  { config, context, turns }: Asking,
  onRequest: () => void,
): AskEngine {
  const http: Http = context.http;
  const given = config as unknown as { readonly [key: string]: Json };
  return engineLine(engine, {
    http,
    turns,
    signal: context.signal,
    hasKey: query.apiKey !== undefined,
    allowHosts: config.allow_hosts,
    maxWaitMs: millisecondsOf(given["max_wait"], 30_000),
    maxBytes: bytesOf(given["max_bytes"], 33_554_432),
    onRequest,
    ...(config.email === undefined ? {} : { email: config.email }),
  });
}
