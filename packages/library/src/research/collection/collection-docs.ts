export const collectionDocs = `Collects records from services (\`api\`), pages of the web (\`web_scraping\`) and databases (\`database\`), and checks each
against a JSON Schema. What was fetched is recorded before it is used: after a crash nothing is asked for again. A source that
fails is a warning and a line of the report; the step fails if all fail, or with \`on_error: fail\`.

**Input** \`input_sources\`: a map of kinds to lists of entries; kinds without one are empty.
\`records\` are taken as they are. Or a list (or text, one a line) of addresses: those that end like data are \`api\`, others pages.

Every entry may have \`id\`, \`record\` (id of the record it belongs to; what is fetched goes into that record's field \`as\`) and
- api: \`url\`, \`method\`, \`headers\`, \`query\`, \`body\`, \`parse\` (json, jsonl, csv, tsv, xml, html, text), \`delimiter\` (of a CSV that is not to be
  split by what fits it: \`,\` \`;\` \`|\` \`tab\`), \`rows\` (path of the list),
  \`select\` (field: path), \`paging\`: \`{next}\` (path of the next address), \`{cursor, parameter}\`, \`{page_parameter, first}\`,
  \`{offset_parameter}\` or \`{link_header: true}\`.
- web_scraping: \`url\`, \`select\` (field: selector, or \`{select, all, attribute}\`), \`each\` (selector of the elements that are rows;
  those in which none of the selected fields is found are left out).
  Without them: title, description, citation tags, JSON-LD, tables and main text.
- database: \`database\` (a name of \`databases\`) or \`file\` (SQLite inside the project), \`query\`, \`parameters\` for its \`?\` or \`$1\`.

Requests to one host wait for each other, \`interval\` or what robots.txt asks for apart. Pages that robots.txt forbids are not
fetched. Private addresses are reached only if \`allow_hosts\` lists them; hosts of databases must stand there. Queries are one SELECT
or WITH, in a transaction that may only read.

**Outputs**
- \`collected_data\`: \`{records, sources, validation}\`, for DataPreprocessingStep.
- \`report\`: for each source status, rows, requests, bytes, time and why it failed; what does not fit the schema, by path.
- \`invalid\`: \`{index, record, problems}\` of records that do not fit.

\`\`\`yaml
collect:
  class: DataCollectionStep
  config:
    sources: [api, database]
    validation_schema: schemas/measurement.json
    databases: { lab: { postgres: "\${secret:LAB_DATABASE}" } }
    allow_hosts: ["db.example.org:5432"]
  inputs: { input_sources: { from: sources } }
\`\`\`
`;
