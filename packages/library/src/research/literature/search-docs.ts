/** Text of `docs LiteratureSearchStep`. */
export const searchDocs = `Searches services of scientific literature, all at once, and makes one list of what they find: without duplicates, each record with
a quality score, best first.

| engine | service | asked at most |
|---|---|---|
| \`pubmed\` | NCBI E-utilities | 3 times a second, 10 with a key (secret NCBI_API_KEY) |
| \`arxiv\` | arXiv | once in 3 seconds |
| \`europe_pmc\` | Europe PMC | 5 times a second |
| \`openalex\` | OpenAlex | 9 times a second; a small sum a day is free, ten times as much with a free key (secret OPENALEX_API_KEY) |
| \`google_scholar\` | means \`openalex\`, and the run says so | |

These limits hold for all steps of a process together. A service that asks for a pause gets it, up to \`max_wait\`. Each page is
recorded: after a crash or a failure only what is missing is asked for. If an engine fails the others go on, with a warning; if all
fail, the step fails.

**Input.** \`query\`, which takes a trigger's value: text, a list of texts, or \`{query, from_year, to_year, queries}\`.

**Outputs**
- \`search_results\`: a list of records: \`id\`, \`title\`, \`authors\` (\`{family, given}\` or \`{collective}\`), \`year\`, \`date\`, \`venue\`, \`volume\`,
  \`issue\`, \`pages\`, \`abstract\`, \`doi\`, \`pmid\`, \`pmcid\`, \`arxiv_id\`, \`url\`, \`citations\`, \`type\`, \`open_access\`, \`full_text_urls\`, \`keywords\`,
  \`license\`, \`retracted\`, \`sources\` (engines that have it), \`rank\` (best place in an engine's list), \`queries\`, \`quality\` (\`{score, parts}\`).
  What nobody knows is left out.
- \`report\`: by engine what was found and taken, the requests and warnings; how many were duplicates, below the threshold, too many; which
  ones were dropped, and why.

**max_results** counts at the end: each engine is asked for up to that many (or \`per_engine\`), duplicates are made one, those below
\`quality_threshold\` are dropped, the rest is sorted and cut.

**Quality score**, 0 to 1, a weighted mean: \`abstract\` 0.25 (1 from 200 characters on), \`publication\` 0.2 (article or review 1, conference
0.9, book 0.8, thesis 0.7, preprint 0.6, dataset 0.5, letter, editorial, other 0.4, erratum 0.1), \`citations\` 0.2 (per year, logarithmic, 1 from
50 a year; left out where no engine counts them), \`identifiers\` 0.15 (DOI or PubMed id 1; only an arXiv or PMC id 0.7), \`recency\` 0.1 (1 up to 5
years, falling to 0.3 at 30), \`completeness\` 0.1 (authors, year, venue, address). What is retracted scores 0.

\`\`\`yaml
literature_search:
  class: nanobrain.library.steps.LiteratureSearchStep
  config:
    search_engines: [pubmed, arxiv, europe_pmc]
    query: "{{ topic }}"
    from_year: 2015
    max_results: 100
    quality_threshold: 0.6
    email: you@example.org
\`\`\`
`;
