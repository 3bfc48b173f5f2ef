export const preprocessingDocs = `Cleans records by rules, makes alike what is written in several ways, takes out duplicates, and scores what is left.
In this order: texts and words for nothing (if \`normalization\` is on), \`cleaning_rules\`, \`normalization\`, empty records, \`deduplication\`, \`outliers\`, \`scale\`.

**Input** \`raw_data\`: what DataCollectionStep gives, a list of records, a map with \`records\` or \`rows\`, or a table \`{columns, rows}\`.

**Outputs**
- \`clean_data\`: \`{records, data_quality_score, quality, counts, fields, method}\`; \`fields\` says type, gaps, range of each field.
  A link's condition reads it: \`data_quality_score > 0.7\`.
- \`report\`: for each rule how many values it changed, doubted and dropped, with examples; how the score came about.
- \`dropped\`: \`{count, by, records, file}\`: every record that is not in \`clean_data\`, with what dropped it and why.

**Rules**, in a YAML file or in place. Fields are names with \`*\`; a dot leads into a map, lists are gone through, \`"*"\` is everything.

| rule | does |
| --- | --- |
| \`trim\`, \`collapse_whitespace\`, \`strip_html\`, \`unicode_nfc\`, \`fix_mojibake\`, \`lower\`, \`upper\` | mend texts |
| \`to_text\` | numbers, true and false to text |
| \`parse_number: {fields, decimal, units, on_error}\` | \`1,234.5 kg\` to a number; \`units\`: what each is worth |
| \`parse_date: {fields, order, on_error}\` | to an ISO date; \`order\` (dmy, mdy) for those that can be read in two ways |
| \`map_values: {fields, values, otherwise}\` | one value for another |
| \`replace: {fields, pattern, with, flags}\` | by a regular expression that cannot take for ever |
| \`clamp\`, \`range: {fields, min, max, on_error}\` | bounds of numbers; range drops the record unless on_error is keep or null |
| \`split: {fields, by}\` | text to a list |
| \`rename: {old: new}\`, \`set_default: {field: value}\` | |
| \`drop_fields\`, \`keep_fields\`, \`drop_empty\` | take fields out, also below: \`authors.email\` |
| \`require: [fields]\` | drops records that lack one |
| \`filter: CONDITION\` | drops records for which it is false |
| \`dedupe: [fields]\` | keeps one of those whose fields are equal |

**Score.** \`data_quality_score\` is the weighted mean (\`quality_weights\`) of four parts, each 0 to 1; without clean records it is 0.
- completeness: filled values of the expected fields in the clean records / all their values.
- validity: 1 - records with a fault / records given. Faults: no map, lacks what is required, a value that cannot be read
  or is out of its range, set aside by the collection.
- uniqueness: 1 - duplicates / records given.
- consistency: values that have the type of most values of their field / all filled values in the clean records.

Near duplicates: the sets of pieces of five characters are equal to the share \`threshold\`, numbers in the texts are the same, and
(without \`fields\`) so are all values that are no text. Of equal records the one with most filled fields is kept.

\`\`\`yaml
clean:
  class: DataPreprocessingStep
  config:
    cleaning_rules:
      - trim: "*"
      - parse_number: { fields: price, units: { EUR: 1 } }
      - require: [name, price]
    normalization: true
    deduplication: true
  inputs: { raw_data: { from: collect.collected_data } }
\`\`\`
`;
