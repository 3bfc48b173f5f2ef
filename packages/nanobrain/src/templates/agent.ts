import type { Template } from "./template.js";

const document = `# yaml-language-server: $schema=.nanobrain/schema.json
name: digest
description: Lets an agent read notes, and makes a report of what it found
input_data_units:
  path: { class: DataUnitString, default: notes.md }
output_data_units:
  report: { class: DataUnitFile, config: { path: out/digest.html } }
steps:
  load:
    class: FileReadStep
    config: { path: "{{ path }}", parse: text }
    inputs: { path: { from: path } }
  read:
    class: AgentStep
    config:
      agent: { class: SimpleAgent, config: agents/reader.yml }
      prompt: What do these notes say, and what do they leave open?
    inputs: { notes: { from: load.content } }
  write:
    class: ReportGenerationStep
    config: { export_formats: [html] }
links:
  found: { class: TransformLink, config: { source: read.analysis_results, target: write.analysis_input, transform_function: format_for_report } }
  made: { class: DirectLink, config: { source: write.html, target: report } }
`;

const agent = `# Name a model to have the notes read by one: model: ollama/llama3.2, model: openai/gpt-5-mini (OPENAI_API_KEY), ...
# Without one the local model answers: it ranks, counts and quotes, and invents nothing.
name: reader
system_prompt: Rely on the notes and on nothing else.
budget: { model_calls: 5 }
`;

const notes = `# Field notes

The spring at the north slope ran dry in June. It had never done so in the forty years that the station has kept records.
Two of the three wells still have water; the level of the lower one sinks by four centimetres a week.
Deer come down to the village at night. Nobody has seen them do so before July in other years.
It is not known whether the quarry that opened in March drains the slope. The quarry does not publish its pumping figures.
Rain is expected in September. Until then the station will measure the wells each Monday.
`;

export const agentTemplate: Template = {
  summary:
    "An agent reads notes, and a report is made of what it found. It runs without a key: then the local model quotes.",
  files: { "digest.yml": document, "agents/reader.yml": agent, "notes.md": notes },
  run: ["digest.yml"],
};
