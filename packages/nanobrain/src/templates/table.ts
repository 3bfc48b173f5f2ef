import type { Template } from "./template.js";

const rows = `city,country,population
Vienna,Austria,2005760
Graz,Austria,302749
Basel,Switzerland,177571
Nowhere,Switzerland,unknown
Lyon,France,522250
`;

const document = `# yaml-language-server: $schema=.nanobrain/schema.json
name: cities
description: Reads a table, puts bad rows aside, sums up the good ones and writes a report
input_data_units:
  path: { class: DataUnitString, default: cities.csv }
output_data_units:
  report: { class: DataUnitFile, config: { path: out/report.html } }
  rejected: { class: DataUnitMemory }
steps:
  load:
    class: FileReadStep
    config: { path: "{{ path }}", parse: csv }
    inputs: { path: { from: path } }
  check:
    class: ValidateStep
    config:
      items:
        type: object
        required: [city, country, population]
        properties: { population: { type: string, pattern: "^[0-9]+$" } }
    inputs: { rows: { from: load.content } }
  sum:
    class: TransformStep
    config:
      expression: |
        {
          "cities": $count(rows),
          "people": $sum(rows.$number(population)),
          "largest": rows[$number(population) = $max($$.rows.$number(population))].city
        }
    inputs: { rows: { from: check.valid } }
  write:
    class: TemplateStep
    config:
      format: html
      template: |
        <h1>Cities</h1>
        <p>{{ totals.cities }} cities with {{ totals.people }} people; the largest is {{ totals.largest }}.</p>
    inputs: { totals: { from: sum.output } }
links:
  made: { class: DirectLink, config: { source: write.file, target: report } }
  bad: { class: DirectLink, config: { source: check.invalid, target: rejected } }
`;

export const table: Template = {
  summary: "A table is read and checked row by row; a report is written of the good rows.",
  files: { "cities.yml": document, "cities.csv": rows },
  run: ["cities.yml"],
};
