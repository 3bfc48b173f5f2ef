import { resolve } from "node:path";
import { settlePage } from "./made-page.mjs";

const kinds = [
  ["step", "Steps"],
  ["link", "Links"],
  ["unit", "Data units"],
  ["trigger", "Triggers"],
  ["executor", "Executors"],
  ["workflow", "Workflows"],
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

async function entries(registry, kind, componentDocs) {
  const zod = await registry.zod();
  const texts = [];
  for (const found of registry.list(kind)) texts.push(lowered(await componentDocs(await found.load(), zod)));
  return texts;
}

/** The page of every built-in class, made from the same declarations that check documents. */
export async function stepsPage() {
  const { createRuntime } = await import("../packages/engine/dist/index.js");
  const { componentDocs } = await import("../packages/engine/dist/authoring.js");
  const runtime = await createRuntime();
  const parts = [opening];
  for (const [kind, title] of kinds)
    parts.push(`## ${title}`, ...(await entries(runtime.registry, kind, componentDocs)));
  await runtime.close();
  return `${parts.join("\n\n")}\n`;
}

if (process.argv[1] === resolve(import.meta.filename)) settlePage("docs/steps.md", await stepsPage());
