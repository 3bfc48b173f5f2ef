import { readdirSync } from "node:fs";
import { join } from "node:path";
import { everyKey, everyTrigger, seedShapes } from "../../packages/engine/src/testing/sample-documents.js";
import { filesBelow, readText, root } from "../project.js";

function blocks(page: string, language: string): readonly string[] {
  return [...readText(page).matchAll(new RegExp(`^\`\`\`${language}[^\\n]*\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map(
    ([, body = ""]) => body,
  );
}

const pages = ["README.md", ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`)].filter((page) =>
  page.endsWith(".md"),
);

/** Every document of the examples, the rigs and the pages. */
export const seedDocuments: readonly string[] = [
  ...filesBelow("examples", (name) => name.endsWith(".yml")).map(readText),
  ...filesBelow("test/crash-rig/shapes", (name) => name.endsWith(".yml")).map(readText),
  ...pages.flatMap((page) => blocks(page, "yaml")),
  ...[everyKey, everyTrigger, seedShapes],
];

/** Expressions of the page about them: the first column of its tables. */
function column(heading: string): readonly string[] {
  const [, text = ""] = readText("docs/expressions.md").split(`## ${heading}`);
  return [...(text.split("\n## ")[0] ?? "").matchAll(/^\| `(.+?)` \|/gm)].map(([, source = ""]) =>
    source.replaceAll("\\|", "|"),
  );
}

export const seedConditions = column("Conditions");
export const seedTransforms = column("Transforms");
export const seedTemplates = column("Templates");

/** Texts on which careless patterns take long, for every field that takes a text. */
const runs = [
  "{",
  "{,",
  ",",
  "[",
  "(",
  "*",
  "**/",
  "?",
  ".",
  "/",
  "../",
  " ",
  "\t",
  ":",
  "a: ",
  "-",
  "=",
  "$",
  "${",
  "${A",
  "{{",
  "{{ a",
  "{%",
  "'",
  '\\"',
  "\\\\",
  "a",
  "aA1",
  "a,b|",
  "é",
  "&",
  "#",
  "@",
  "://",
  "http://a:",
  "password: x, ",
  "sk-",
  "eyJ",
  "0",
  "1e",
  "<",
  "!",
  "%41",
];
const fields: readonly ((text: string) => string)[] = [
  (text) => `name: x\ndescription: "${text}"\nsteps:\n  a: { class: TransformStep, config: { expression: '1' } }\n`,
  (text) => `name: "${text}"\nsteps:\n  "${text}": { class: "${text}", depends_on: ["${text}"] }\n`,
  (text) => `name: x\nextends: "${text}"\nmodule: "${text}"\nsteps:\n  a: { class: Workflow, config: "${text}" }\n`,
  (text) =>
    `name: x\nsteps:\n  a: { class: FileGlobStep, config: { pattern: "${text}" } }\n  b: { class: FileReadStep, config: { path: "${text}" } }\n`,
  (text) =>
    `name: x\nsteps:\n  a: { class: HttpStep, config: { url: "${text}", headers: { "${text}": "${text}" }, allow_hosts: ["${text}"] } }\n`,
  (text) =>
    `name: x\nsteps:\n  a: { class: CommandStep, config: { shell: true, command: "${text}", env: { A: "${text}" }, timeout: "${text}" } }\n`,
  (text) =>
    `name: x\nsteps:\n  a: { class: CommandStep, config: { command: ["${text}", "${text}"], files_in: [{ path: "${text}", from: "${text}" }], files_out: ["${text}"] } }\n`,
  (text) =>
    `name: x\nsteps:\n  a: { class: TransformStep, config: { expression: "${text}" }, inputs: { i: { from: "${text}", when: "${text}" } } }\n`,
  (text) =>
    `name: x\nsteps:\n  a: { class: TemplateStep, config: { template: "${text}", name: "${text}" }, timeout: "${text}", resources: { memory: "${text}" } }\n`,
  (text) =>
    `name: x\nsteps:\n  a: { class: FunctionStep, config: { function: "${text}" } }\ntriggers:\n  t: { class: TimerTrigger, config: { cron: "${text}", timezone: "${text}", step_targets: [a] } }\n  f: { class: FolderTrigger, config: { path: "${text}", pattern: "${text}", step_targets: [a] } }\n  c: { class: ConditionTrigger, config: { condition: "${text}", step_targets: [a] } }\n`,
  (text) =>
    `name: x\ndata_units: { u: { class: DataUnitMemory, schema: { type: string, pattern: "${text}", format: "${text}", $ref: "${text}" } } }\nsteps:\n  a: { class: FunctionStep, config: { function: f } }\n`,
  (text) =>
    `name: x\nsteps:\n  a: { class: FunctionStep, config: { function: f } }\n  api_key: "${text}"\npassword: ${text}\n`,
];

export const longRuns: readonly { readonly name: string; readonly text: string }[] = fields.flatMap((make, n) =>
  runs.map((run) => ({
    name: `field ${n} with a run of ${JSON.stringify(run)}`,
    text: make(run.repeat(Math.floor(60_000 / run.length))),
  })),
);
