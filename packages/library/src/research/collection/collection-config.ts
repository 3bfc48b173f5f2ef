import type { ConfigProblem, JsonObject, JsonSchema, StepPorts, Zod } from "@nanobrain/engine";
import { checkSchema, duration, pathProblems, problemText, schemaOrPath, size } from "@nanobrain/engine/steps";
import type { z } from "zod";

export const sourceKinds = ["api", "web_scraping", "database"] as const;
export type SourceKind = (typeof sourceKinds)[number];

/** Where a database is: a file of the project, or the address of a server. */
export type DatabaseConfig = { readonly file: string } | { readonly postgres: string };

export type CollectionConfig = {
  readonly sources: readonly SourceKind[];
  readonly validation_schema?: JsonSchema | string;
  readonly on_invalid: "separate" | "keep" | "fail";
  readonly on_error: "continue" | "fail";
  readonly max_records: number;
  readonly max_pages: number;
  readonly concurrency: number;
  readonly respect_robots: boolean;
  readonly user_agent: string;
  readonly allow_hosts: readonly string[];
  readonly credentials: { readonly [host: string]: { readonly [header: string]: string } };
  readonly databases: { readonly [name: string]: DatabaseConfig };
  readonly source_field?: string;
};

export function collectionConfig(zod: Zod): z.ZodType {
  return zod.strictObject({
    sources: zod
      .array(zod.enum(sourceKinds))
      .min(1)
      .default([...sourceKinds])
      .describe("Kinds of sources that are used; entries of other kinds are skipped, with a warning."),
    validation_schema: schemaOrPath(zod)
      .optional()
      .describe("JSON Schema of each record, or the path of a JSON file that holds one."),
    on_invalid: zod
      .enum(["separate", "keep", "fail"])
      .default("separate")
      .describe(
        "Records that do not fit the schema: apart on the port `invalid`, kept among the others too, or the step fails.",
      ),
    on_error: zod
      .enum(["continue", "fail"])
      .default("continue")
      .describe(
        "When a source fails: go on with the others and warn, or fail. If all fail and nothing is there, the step fails.",
      ),
    ...limitKeys(zod),
    ...reachKeys(zod),
  });
}

/** How much, how fast and how long. */
function limitKeys(zod: Zod) {
  return {
    max_records: zod.number().int().min(1).max(1_000_000).default(10_000).describe("Most records of one source."),
    max_bytes: size(zod).default(10_485_760).describe("Largest answer to one request."),
    max_pages: zod.number().int().min(1).max(10_000).default(20).describe("Most pages of one api source."),
    concurrency: zod
      .number()
      .int()
      .min(1)
      .max(32)
      .default(4)
      .describe("Sources fetched at once; of a host always one."),
    interval: duration(zod)
      .default(1)
      .describe("Pause between the starts of requests to one host, if robots.txt asks for no longer one."),
    timeout: duration(zod).default(60).describe("Longest time of one request or query."),
    max_wait: duration(zod)
      .default(60)
      .describe("Longest pause that a service may ask for before its source counts as failed."),
  };
}

/** Whom it may ask, and as whom. */
function reachKeys(zod: Zod) {
  return {
    respect_robots: zod.boolean().default(true).describe("Pages that robots.txt forbids are not fetched."),
    user_agent: zod
      .string()
      .regex(/^[\x20-\x7e]{1,200}$/, "Expected text in ASCII")
      .default("nanobrain")
      .describe("How requests name themselves. Its first word is looked up in robots.txt."),
    allow_hosts: zod
      .array(zod.string().min(1))
      .default([])
      .describe(
        "Hosts, or `host:port`, that may be reached although they are private. Hosts of databases must stand here.",
      ),
    credentials: zod
      .record(
        zod.string(),
        zod.record(zod.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, "Expected a header name"), zod.string()),
      )
      .default({})
      .describe("Headers by host (or `host:port`), sent to that host only: `authorization: Bearer ${secret:NAME}`."),
    databases: zod
      .record(
        zod.string().min(1),
        zod.union([
          zod.strictObject({ file: zod.string().min(1).describe("SQLite file inside the project.") }),
          zod.strictObject({
            postgres: zod.string().min(1).describe("postgres://user@host:port/name, best as `${secret:NAME}`."),
          }),
        ]),
      )
      .default({})
      .describe("Databases by the names that entries of input_sources use."),
    source_field: zod
      .string()
      .min(1)
      .optional()
      .describe("Field in which each fetched record says which source it is from."),
  };
}

export function collectionPorts(): StepPorts {
  const list = { type: "array" } as const;
  return {
    inputs: {
      input_sources: { description: "By kind what to fetch: `{records, api, web_scraping, database}`; or addresses." },
    },
    outputs: {
      collected_data: { schema: { type: "object" }, description: "`records`, `sources`, `validation`." },
      report: {
        schema: { type: "object" },
        description: "For each source what was fetched, refused or failed; problems by path.",
      },
      invalid: { schema: list, description: "Records that do not fit the schema, and why." },
    },
    openInputs: false,
    openOutputs: false,
  };
}

/** What the schema cannot say. */
export async function collectionProblems(config: JsonObject): Promise<readonly ConfigProblem[]> {
  const { validation_schema, databases } = config as unknown as CollectionConfig;
  const problems: ConfigProblem[] = [];
  if (typeof validation_schema === "string") problems.push(...pathProblems(validation_schema, ["validation_schema"]));
  else if (validation_schema !== undefined)
    for (const problem of await checkSchema(validation_schema))
      problems.push({
        path: ["validation_schema"],
        code: "E_TYPE",
        message: `Schema cannot be used: ${problemText(problem)}`,
      });
  for (const [name, database] of Object.entries(databases))
    if ("file" in database) problems.push(...pathProblems(database.file, ["databases", name, "file"]));
  return problems;
}
