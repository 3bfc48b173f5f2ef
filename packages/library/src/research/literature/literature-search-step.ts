import { type Json, type JsonObject, nanobrainError, type StepCall, type StepDefinition } from "@nanobrain/engine";
import { interpolate } from "@nanobrain/engine/steps";
import { type HostTurns, hostTurns } from "../host-turns.js";
import { joinedTraits } from "../joined-traits.js";
import { askEngine, type EngineFindings, type NamedEngine } from "./ask-engine.js";
import {
  type LiteratureConfig,
  literatureConfig,
  literaturePorts,
  literatureProblems,
  recordFields,
} from "./literature-config.js";
import type { LiteratureRecord } from "./literature-record.js";
import { mergeRecords } from "./merge-records.js";
import { searchDocs } from "./search-docs.js";
import { namedEngines, secretsOf } from "./search-engines.js";
import { searchReport } from "./search-report.js";
import { searchRequests } from "./search-request.js";
import { selectRecords } from "./select-records.js";

/** `turns`: how requests wait for each other; tests bring a clock of their own. */
export function literatureSearchStepBy(turns: HostTurns): StepDefinition {
  return {
    kind: "step",
    class: "nanobrain.library.steps.LiteratureSearchStep",
    version: "1",
    summary: "Searches PubMed, arXiv, Europe PMC and OpenAlex, and makes one scored list of what they find.",
    docs: searchDocs,
    config: literatureConfig,
    ports: literaturePorts,
    secrets: (config) => secretsOf(config as unknown as LiteratureConfig),
    effects: true,
    secretFields: ["api_keys"],
    executor: "local",
    check: async (config) => literatureProblems(config),
    run: (call) => run(call, turns),
  };
}

export const literatureSearchStep: StepDefinition = literatureSearchStepBy(hostTurns);

async function run(call: StepCall, turns: HostTurns): Promise<{ readonly [port: string]: Json }> {
  const { context } = call;
  const config = configOf(call);
  const requests = searchRequests((config.query as Json | undefined) ?? call.inputs["query"], config);
  const { engines, notes } = namedEngines(config.search_engines);
  for (const note of notes) context.warn(note);
  const findings = await askAll(engines, (named) => askEngine(named, requests, { config, context, turns }), context);
  judge(findings, config, context.warn.bind(context));
  const records = findings.flatMap((each) => each.records);
  const works = mergeRecords(records, new Date(context.startedAt).getUTCFullYear());
  const selection = selectRecords(works, config);
  context.log("info", `${works.length} works found, ${selection.kept.length} of them are the result`);
  return {
    search_results: selection.kept.map((record) => trimmed(record, config)),
    report: searchReport(requests, findings, works, selection, config, context.startedAt),
  };
}

function configOf({ config, inputs, context }: StepCall): LiteratureConfig {
  const { query, queries } = config;
  const filled = interpolate(
    { ...(query === undefined ? {} : { query }), queries: queries ?? {} },
    inputs,
    {},
    Object.values(context.secrets),
  );
  return { ...config, ...filled } as unknown as LiteratureConfig;
}

/** All at once: they are different hosts, and each waits for its own turn. */
async function askAll(
  engines: readonly NamedEngine[],
  ask: (named: NamedEngine) => Promise<EngineFindings>,
  context: StepCall["context"],
): Promise<readonly EngineFindings[]> {
  let done = 0;
  return await Promise.all(
    engines.map(async (named) => {
      const findings = await ask(named);
      done += 1;
      context.progress(done / engines.length, `${findings.service}: ${findings.records.length} records`);
      return findings;
    }),
  );
}

/** Warns of what failed; throws if nothing is left, or if the document wants all. */
function judge(findings: readonly EngineFindings[], config: LiteratureConfig, warn: (text: string) => void): void {
  const failed = findings.flatMap((each) => (each.failure === undefined ? [] : [{ ...each, failure: each.failure }]));
  const isHopeless = failed.length === findings.length && failed.every((each) => each.records.length === 0);
  if (failed.length > 0 && (isHopeless || config.on_engine_error === "fail"))
    throw findings.length === 1 ? findings[0]?.error : allFailed(failed);
  for (const { service, failure, records } of failed)
    warn(
      `${service} ${records.length > 0 ? `gave only ${records.length} records` : "gave nothing"}: ${failure.message}`,
    );
  for (const { service, warnings } of findings) for (const text of warnings) warn(`${service}: ${text}`);
}

const mostReason = 400;

type Failed = EngineFindings & { readonly failure: NonNullable<EngineFindings["failure"]> };

function allFailed(failed: readonly Failed[]): Error {
  const reasons = failed.map(({ service, failure }) => `${service}: ${shortReason(failure)}`).join("; ");
  return nanobrainError("E_SEARCH_FAILED", { reasons }, joinedTraits(failed.map(({ failure }) => failure)));
}

/** Three engines have long addresses: one that is not recorded is named alone, others by their beginning. */
function shortReason({ code, message }: Failed["failure"]): string {
  const reason = code === "E_RECORDING" ? message.replace(/(it is not recorded in [^;]+);.*/s, "$1") : message;
  return reason.length > mostReason ? `${reason.slice(0, mostReason)}...` : reason;
}

const always: readonly string[] = ["id", "quality"];

/** The fields that are wanted, in the order in which they are documented. */
function trimmed(record: LiteratureRecord, { fields }: LiteratureConfig): JsonObject {
  const all = record as unknown as JsonObject;
  const wanted = ["id", ...recordFields, "quality"].filter(
    (key) => all[key] !== undefined && (fields === undefined || always.includes(key) || fields.includes(key)),
  );
  return Object.fromEntries(wanted.map((key) => [key, all[key] as Json]));
}
