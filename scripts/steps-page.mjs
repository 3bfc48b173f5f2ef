import { resolve } from "node:path";
import { settlePage } from "./made-page.mjs";

const kinds = [
  ["step", "Steps"],
  ["link", "Links"],
  ["unit", "Data units"],
  ["trigger", "Triggers"],
  ["executor", "Executors"],
  ["workflow", "Workflows"],
  ["agent", "Agents"],
];

const opening = `# Classes

Every built-in class: its config, its ports, an example. This page is made from the code by \`node scripts/steps-page.mjs\`;
\`nanobrain docs CLASS\` prints one entry, with classes of your own.
Ports of a class that says so follow from its config, or from what links name.`;

/** Headings of an entry go two levels down, so that they stand below its kind; what is inside code blocks stays. */
function lowered(markdown) {
  let inCode = false;
  const lines = markdown.trim().split("\n");
  return lines
    .map((line) => {
      if (line.startsWith("```")) inCode = !inCode;
      return !inCode && line.startsWith("#") ? `##${line}` : line;
    })
    .join("\n");
}

const openingOfLibrary = `# Classes of the library

Every class of \`@nanobrain/library\`, which the command line always knows: its config, its ports, an example. This page is made
from the code by \`node scripts/steps-page.mjs\`; \`nanobrain docs CLASS\` prints one entry. Names such as
\`extract_data_sources\` at \`transform_function\` are functions: FUNCTIONS.`;

async function entries(registry, listed, componentDocs) {
  const zod = await registry.zod();
  const texts = [];
  for (const found of listed) texts.push(lowered(await componentDocs(await found.load(), zod)));
  return texts;
}

/** A page of the classes that `isShown` picks, made from the same declarations that check documents. */
async function classesPage(runtime, first, isShown) {
  const { componentDocs } = await import("../packages/engine/dist/authoring.js");
  const parts = [first];
  for (const [kind, title] of kinds) {
    const listed = runtime.registry.list(kind).filter(isShown);
    if (listed.length > 0) parts.push(`## ${title}`, ...(await entries(runtime.registry, listed, componentDocs)));
  }
  await runtime.close();
  return `${parts.join("\n\n")}\n`;
}

/** The page of every built-in class. */
export async function stepsPage() {
  const { createRuntime } = await import("../packages/engine/dist/index.js");
  return classesPage(await createRuntime(), opening, () => true);
}

/** The page of every class of the library. */
export async function libraryPage() {
  const { createRuntime } = await import("../packages/engine/dist/index.js");
  const { pack } = await import("../packages/library/dist/pack.js");
  const names = new Set(pack.classes.map((entry) => entry.class));
  const functions = Object.keys(pack.functions).map((name) => `\`${name}\``);
  const first = openingOfLibrary.replace("FUNCTIONS", functions.join(", "));
  return classesPage(await createRuntime({ packs: [pack] }), first, (found) => names.has(found.class));
}

if (process.argv[1] === resolve(import.meta.filename)) {
  settlePage("docs/steps.md", await stepsPage());
  settlePage("docs/library.md", await libraryPage());
}
