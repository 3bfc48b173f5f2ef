import type { ConfigProblem, JsonObject, StepPorts, Zod } from "@nanobrain/engine";
import { duration, referredInputs, size } from "@nanobrain/engine/steps";
import type { z } from "zod";
import type { EngineName } from "./literature-record.js";

export const engineNames = ["pubmed", "arxiv", "europe_pmc", "openalex", "google_scholar"] as const;

/** The config as the schema leaves it. */
export type LiteratureConfig = {
  readonly search_engines: readonly EngineName[];
  readonly query?: string;
  readonly queries: { readonly [engine in EngineName]?: string };
  readonly max_results: number;
  readonly per_engine?: number;
  readonly quality_threshold: number;
  readonly from_year?: number;
  readonly to_year?: number;
  readonly sort_by: "quality" | "relevance" | "date";
  readonly fields?: readonly string[];
  readonly email?: string;
  readonly api_keys: { readonly [engine in EngineName]?: string };
  readonly on_engine_error: "continue" | "fail";
  readonly endpoints: { readonly [engine in EngineName]?: string };
  readonly allow_hosts: readonly string[];
};

export const recordFields = [
  "title",
  "authors",
  "year",
  "date",
  "venue",
  "volume",
  "issue",
  "pages",
  "abstract",
  "doi",
  "pmid",
  "pmcid",
  "arxiv_id",
  "url",
  "citations",
  "type",
  "open_access",
  "full_text_urls",
  "keywords",
  "license",
  "retracted",
  "sources",
  "rank",
  "queries",
] as const;

export function literatureConfig(zod: Zod): z.ZodType {
  return zod.strictObject({ ...wantedKeys(zod), ...chosenKeys(zod), ...serviceKeys(zod) });
}

/** What is searched for, where. */
function wantedKeys(zod: Zod) {
  const year = zod.number().int().min(1500).max(2200);
  return {
    search_engines: zod
      .array(zod.enum(engineNames))
      .min(1)
      .default(["pubmed", "arxiv", "europe_pmc", "openalex"])
      .describe("Which services are asked. google_scholar, which programs may not ask, means OpenAlex."),
    query: zod
      .string()
      .min(1)
      .optional()
      .describe("What to search for; `{{ port }}` is filled in. Default: the value of the port `query`."),
    queries: byEngine(zod, zod.string().min(1))
      .default({})
      .describe("Another wording for an engine, in its own query language, by its name; `{{ port }}` is filled in."),
    from_year: year.optional().describe("Only what was published in this year or later."),
    to_year: year.optional().describe("Only what was published in this year or earlier."),
  };
}

/** Which records are the result. */
function chosenKeys(zod: Zod) {
  return {
    max_results: zod
      .number()
      .int()
      .min(1)
      .max(1_000)
      .default(50)
      .describe("Most records of the result: over all engines, after duplicates and poor ones are out."),
    per_engine: zod
      .number()
      .int()
      .min(1)
      .max(1_000)
      .optional()
      .describe("Most records that each engine is asked for, for each query. Default: max_results."),
    quality_threshold: zod
      .number()
      .min(0)
      .max(1)
      .default(0)
      .describe("Records whose quality score is lower are dropped, and counted in the report."),
    sort_by: zod
      .enum(["quality", "relevance", "date"])
      .default("quality")
      .describe("What comes first, and so is kept: best quality, best match, or newest."),
    fields: zod
      .array(zod.enum(recordFields))
      .min(1)
      .optional()
      .describe("Fields that records keep besides id and quality. Default: all."),
  };
}

/** How the services are asked. */
function serviceKeys(zod: Zod) {
  return {
    email: zod
      .string()
      .regex(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, "Expected an address of mail")
      .optional()
      .describe("Where the services reach whoever asks too much of them; they ask for it."),
    api_keys: byEngine(zod, zod.string())
      .default({})
      .describe("Keys by engine: `${secret:NAME}`. Default: the secrets NCBI_API_KEY and OPENALEX_API_KEY, if set."),
    on_engine_error: zod
      .enum(["continue", "fail"])
      .default("continue")
      .describe("When an engine fails: go on with the others and warn, or fail. If all fail, the step fails."),
    max_wait: duration(zod)
      .default(30)
      .describe("Longest pause that an engine may ask for before it counts as failed."),
    max_bytes: size(zod).default(33_554_432).describe("Largest answer to one request."),
    endpoints: byEngine(zod, zod.url({ protocol: /^https?$/ }))
      .default({})
      .describe("Other addresses of the services, by engine: a mirror."),
    allow_hosts: zod
      .array(zod.string().min(1))
      .default([])
      .describe("Hosts, or `host:port`, of `endpoints` that may be reached although they are private."),
  };
}

function byEngine(zod: Zod, each: z.ZodType): z.ZodType {
  return zod.strictObject(Object.fromEntries(engineNames.map((name) => [name, each.optional()])));
}

export function literaturePorts(config: JsonObject): StepPorts {
  const named = referredInputs([config["query"] ?? null, config["queries"] ?? null]);
  const optional = config["query"] !== undefined && !named.includes("query");
  return {
    inputs: {
      ...Object.fromEntries(named.map((port) => [port, {}])),
      query: {
        trigger: true,
        ...(optional ? { optional } : {}),
        description: "Text, a list of texts, or a map with `query` (text or list), `from_year`, `to_year`, `queries`.",
      },
    },
    outputs: {
      search_results: { schema: { type: "array", items: { type: "object" } }, description: "The records, best first." },
      report: { schema: { type: "object" }, description: "What each engine found, and what was dropped and why." },
    },
    openInputs: true,
    openOutputs: false,
  };
}

/** What the schema cannot say. */
export function literatureProblems(config: JsonObject): readonly ConfigProblem[] {
  const { from_year, to_year, search_engines, endpoints, queries } = config as unknown as LiteratureConfig;
  const problems: ConfigProblem[] = [];
  if (from_year !== undefined && to_year !== undefined && to_year < from_year)
    problems.push({
      path: ["to_year"],
      code: "E_CONFLICT",
      message: `to_year ${to_year} is before from_year ${from_year}`,
    });
  for (const [at, name] of search_engines.entries())
    if (search_engines.indexOf(name) !== at)
      problems.push({ path: ["search_engines", at], code: "E_CONFLICT", message: `${name} is listed twice` });
  for (const [key, given] of Object.entries({ queries, endpoints }))
    for (const name of Object.keys(given) as EngineName[])
      if (!search_engines.includes(name))
        problems.push({ path: [key, name], code: "E_CONFLICT", message: `${name} is not among search_engines` });
  return problems;
}
