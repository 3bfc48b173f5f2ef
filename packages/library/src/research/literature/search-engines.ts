import { arxivEngine } from "./arxiv-engine.js";
import type { NamedEngine } from "./ask-engine.js";
import { europePmcEngine } from "./europe-pmc-engine.js";
import type { LiteratureConfig } from "./literature-config.js";
import type { EngineName } from "./literature-record.js";
import { openAlexEngine } from "./openalex-engine.js";
import { pubmedEngine } from "./pubmed-engine.js";
import type { SearchEngine } from "./search-engine.js";

const engines: { readonly [name in EngineName]: SearchEngine } = {
  pubmed: pubmedEngine,
  arxiv: arxivEngine,
  europe_pmc: europePmcEngine,
  openalex: openAlexEngine,
  google_scholar: openAlexEngine,
};

/** Where the keys are that the document does not give. */
export function secretsOf(config: LiteratureConfig): readonly string[] {
  const { engines: wanted } = namedEngines(config.search_engines);
  return wanted.flatMap(({ key, engine }) =>
    engine.secret === undefined || config.api_keys[key] !== undefined ? [] : [engine.secret],
  );
}

const scholarNote =
  "google_scholar cannot be searched by programs: its terms forbid it and it has no interface; OpenAlex is searched in its place";

/** The engines to ask, none twice, and what the run's summary should say of the choice. */
export function namedEngines(names: readonly EngineName[]): {
  readonly engines: readonly NamedEngine[];
  readonly notes: readonly string[];
} {
  const wanted = names.filter((name) => name !== "google_scholar" || !names.includes("openalex"));
  return {
    engines: wanted.map((key) => ({ key, engine: engines[key] })),
    notes: names.includes("google_scholar") ? [scholarNote] : [],
  };
}
