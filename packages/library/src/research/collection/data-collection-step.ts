import {
  type Json,
  type JsonObject,
  nanobrainError,
  type StepCall,
  type StepContext,
  type StepDefinition,
} from "@nanobrain/engine";
import { bytesOf, fileFingerprint, millisecondsOf, schemaFiles } from "@nanobrain/engine/steps";
import { type HostTurns, hostTurns } from "../host-turns.js";
import { joinedTraits } from "../joined-traits.js";
import { collectSources, type SourceOutcome } from "./collect-sources.js";
import type { Collecting, TableNotes } from "./collecting.js";
import { type CollectionConfig, collectionConfig, collectionPorts, collectionProblems } from "./collection-config.js";
import { collectionDocs } from "./collection-docs.js";
import { joinRecords } from "./join-records.js";
import { type SourceEntry, sourceEntries } from "./source-entries.js";
import { type Validated, validateRecords } from "./validate-records.js";

const maxSchemaBytes = 1024 * 1024;

/** `turns`: how requests wait for each other; tests bring a clock of their own. */
export function dataCollectionStepBy(turns: HostTurns): StepDefinition {
  return {
    kind: "step",
    class: "nanobrain.library.steps.DataCollectionStep",
    version: "1",
    summary: "Collects records from services, pages of the web and databases, and checks them against a schema.",
    docs: collectionDocs,
    config: collectionConfig,
    ports: collectionPorts,
    effects: true,
    secretFields: ["headers"],
    executor: "local",
    check: collectionProblems,
    files: (config) => schemaFiles(config, ["validation_schema"]),
    fingerprint: async ({ validation_schema }, folders) =>
      typeof validation_schema === "string"
        ? await fileFingerprint({ "schema file": validation_schema }, folders, maxSchemaBytes)
        : {},
    run: (call) => run(call, turns),
  };
}

export const dataCollectionStep: StepDefinition = dataCollectionStepBy(hostTurns);

async function run(call: StepCall, turns: HostTurns): Promise<{ readonly [port: string]: Json }> {
  const { inputs, context } = call;
  const collecting = collectingOf(call, turns);
  const { config } = collecting;
  const given = sourceEntries(inputs["input_sources"]);
  const { used, skipped } = usedEntries(given.entries, config);
  for (const kind of new Set(skipped.map((entry) => entry.kind)))
    context.warn(`Sources of kind ${kind} were skipped: it is not among \`sources\``);
  const outcomes = await collectSources(used, collecting);
  judge(outcomes, given.records.length, config, context);
  tellTables(outcomes, context);
  const records = joinRecords(given.records, outcomes, config.source_field);
  const validated = await validateRecords(records, config.validation_schema, context);
  judgeRecords(validated, config, context);
  context.log("info", `${records.length} records, ${validated.invalid.length} of them do not fit the schema`);
  const sources = [...outcomes.map(described), ...skipped.map(({ id, kind }) => ({ id, kind, status: "skipped" }))];
  const { problems: _, ...counts } = validated.report;
  return {
    collected_data: {
      records: config.on_invalid === "keep" ? records : validated.valid,
      sources: sources.map(({ id, kind, status }) => ({ id, kind, status })),
      validation: counts,
      ...(given.search === undefined ? {} : { search: given.search }),
    },
    report: { given: given.records.length, records: records.length, sources, validation: validated.report },
    invalid: validated.invalid as unknown as Json,
  };
}

function collectingOf({ config, context }: StepCall, turns: HostTurns): Collecting {
  return {
    config: config as unknown as CollectionConfig,
    context,
    turns,
    intervalMs: millisecondsOf(config["interval"], 1_000),
    timeoutMs: millisecondsOf(config["timeout"], 60_000),
    maxWaitMs: millisecondsOf(config["max_wait"], 60_000),
    maxBytes: bytesOf(config["max_bytes"], 10_485_760),
  };
}

function usedEntries(
  entries: readonly SourceEntry[],
  { sources }: CollectionConfig,
): { readonly used: readonly SourceEntry[]; readonly skipped: readonly SourceEntry[] } {
  const isUsed = ({ kind }: SourceEntry): boolean => sources.includes(kind);
  return { used: entries.filter(isUsed), skipped: entries.filter((entry) => !isUsed(entry)) };
}

/** Warns of what failed; throws if nothing is there, or if the document wants all. */
function judge(
  outcomes: readonly SourceOutcome[],
  given: number,
  config: CollectionConfig,
  context: StepContext,
): void {
  const failed = outcomes.flatMap((each) => (each.failure === undefined ? [] : [{ ...each, failure: each.failure }]));
  const isHopeless = given === 0 && failed.length === outcomes.length && failed.every(({ rows }) => rows.length === 0);
  if (failed.length === 0) return;
  if (isHopeless || config.on_error === "fail")
    throw failed.length === 1
      ? failed[0]?.error
      : allFailed(failed.map(({ entry, failure }) => ({ id: entry.id, failure })));
  for (const { entry, failure, rows } of failed)
    context.warn(
      `Source ${entry.id} ${rows.length > 0 ? `gave only ${rows.length} rows` : "gave nothing"}: ${failure.message}`,
    );
}

type FailedSource = { readonly id: string; readonly failure: NonNullable<SourceOutcome["failure"]> };
const shownReasons = 5;
const shownProblems = 20;

function allFailed(failed: readonly FailedSource[]): Error {
  const more = failed.length > shownReasons ? [`and ${failed.length - shownReasons} more`] : [];
  const reasons = failed.slice(0, shownReasons).map(({ id, failure }) => `${id}: ${failure.message}`);
  const traits = joinedTraits(failed.map(({ failure }) => failure));
  return nanobrainError("E_COLLECT_FAILED", { reasons: [...reasons, ...more].join("; ") }, traits);
}

function judgeRecords({ invalid, report }: Validated, config: CollectionConfig, context: StepContext): void {
  const [first] = invalid;
  if (first === undefined) return;
  const records = Number(report["records"]);
  if (config.on_invalid === "fail")
    throw nanobrainError("E_COLLECT_INVALID", {
      invalid: invalid.length,
      records,
      first: `record ${first.index}: ${first.problems[0] ?? ""}`,
    });
  context.warn(`${invalid.length} of ${records} records do not fit the schema; they are on the port invalid`);
}

/** What was not as it should be in tables that were read all the same. */
function tellTables(outcomes: readonly SourceOutcome[], context: StepContext): void {
  for (const { entry, tables } of outcomes) {
    const [first, ...more] = tables.flatMap(({ problems }) => problems);
    if (first !== undefined)
      context.warn(`The table of ${entry.id}: ${first}${more.length > 0 ? `, and ${more.length} more such` : ""}`);
  }
}

/** A source's tables in its line of the report: what split them, how many columns they have, the first things wrong with them. */
function describedTables(tables: readonly TableNotes[]): JsonObject {
  const [first] = tables;
  if (first === undefined) return {};
  const problems = tables.flatMap((table) => table.problems).slice(0, shownProblems);
  const delimiters = [...new Set(tables.map(({ delimiter }) => (delimiter === "\t" ? "tab" : delimiter)))];
  return { delimiter: delimiters.join(" "), columns: first.columns, ...(problems.length === 0 ? {} : { problems }) };
}

function described({
  entry,
  rows,
  requests,
  bytes,
  ms,
  tables,
  failure,
}: SourceOutcome): JsonObject & { readonly id: string; readonly kind: string; readonly status: string } {
  const status =
    failure === undefined
      ? "collected"
      : failure.code === "E_COLLECT_REFUSED"
        ? "refused"
        : rows.length > 0
          ? "partial"
          : "failed";
  const { url } = entry.given;
  return {
    id: entry.id,
    kind: entry.kind,
    status,
    ...(typeof url === "string" ? { url } : {}),
    records: rows.length,
    requests,
    bytes,
    ms,
    ...describedTables(tables),
    ...(failure === undefined ? {} : { code: failure.code, reason: failure.message }),
  };
}
