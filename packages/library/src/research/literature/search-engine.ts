import type { Json } from "@nanobrain/engine";
import type { EngineName, FoundRecord } from "./literature-record.js";

/** What an engine is asked for. */
export type EngineQuery = {
  readonly text: string;
  readonly fromYear?: number;
  readonly toYear?: number;
  /** Most records that are wanted of it. */
  readonly wanted: number;
  readonly email?: string;
  readonly apiKey?: string;
};

/** One page of an answer. It is recorded, so it is plain data. */
export type EnginePage = {
  readonly records: readonly FoundRecord[];
  /** How many records the engine says there are. */
  readonly found?: number;
  /** Where the next page begins. Absent: this is the last. */
  readonly next?: Json;
  readonly warnings: readonly string[];
  /** Records of the answer that could not be read. */
  readonly unreadable?: number;
};

export type EngineAnswer = { readonly text: string; readonly headers: { readonly [name: string]: string } };

/** Asks for an address, politely; an answer is one with status 2xx. */
export type AskEngine = (url: URL) => Promise<EngineAnswer>;

/** A service that finds publications. */
export type SearchEngine = {
  readonly name: EngineName;
  /** What people call it. */
  readonly service: string;
  readonly endpoint: string;
  /** Where its key is, if the document gives none. */
  readonly secret?: string;
  /** Between the starts of two requests. */
  intervalMs(hasKey: boolean): number;
  /** `cursor`: what the page before gave as `next`. */
  page(query: EngineQuery, cursor: Json | undefined, endpoint: string, ask: AskEngine): Promise<EnginePage>;
  /** Whether an answer with a good status is in truth a refusal for its rate. */
  isRateRefusal?(text: string): boolean;
  /** Whether a refusal says that nothing is left of today's budget: then it is not asked again. */
  isSpent?(status: number, text: string): boolean;
};

/** An address with parameters; those without a value are left out. */
export function addressOf(base: string, parameters: { readonly [name: string]: string | number | undefined }): URL {
  const url = new URL(base);
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined && value !== "") url.searchParams.set(name, String(value));
  return url;
}
