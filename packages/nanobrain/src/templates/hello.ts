import type { Template } from "./template.js";

const document = `# yaml-language-server: $schema=.nanobrain/schema.json
name: hello
description: Greets somebody
input_data_units:
  who: { class: DataUnitString, default: world }
output_data_units:
  greeting: { class: DataUnitString }
steps:
  greet:
    class: TransformStep
    config: { expression: '"Hello, " & who & "!"' }
    inputs: { who: { from: who } }
links:
  done: { class: DirectLink, config: { source: greet.output, target: greeting } }
`;

export const hello: Template = {
  summary: "One step that greets whoever is named.",
  files: { "hello.yml": document },
  run: ["hello.yml", "-i", "who=Ada"],
};
