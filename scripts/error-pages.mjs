import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { settlePage } from "./made-page.mjs";
import { root } from "./program.mjs";
import { tryExample } from "./try-example.mjs";

/**
 * The pages of errors. People write the examples, and of run-time codes the meaning; what the catalogues say and what an
 * example prints is put in here, so that the pages cannot say anything else than the product does.
 */
const folder = join(root, "docs/errors");

const indexOpening = `# Errors

Everything that goes wrong has a code. \`nanobrain explain CODE\` says what it means; each code here leads to an example that makes it
happen, with what is printed, and how to mend it. Codes of documents come from \`validate\`, \`plan\` and \`run\`, all faults at once.
Codes of runs are those of a \`NanobrainError\` (\`code\`, \`details\`, \`cause\`, \`hint\`) and of failures in the journal.

Exit codes: 0 completed; 1 failed, the state is kept; 2 the document, an input or the call is wrong; 3 paused, cancelled or waiting;
4 the store cannot be used; 130 and 143 ended by a signal.

The examples are run by the tests. \`node scripts/error-pages.mjs\` puts in what the catalogues say and what the examples print.`;

/** Pages in the order of a run's life. */
const order = [
  "document",
  "plan",
  "runs",
  "attempts",
  "data",
  "modules",
  "files",
  "programs",
  "http",
  "agents",
  "mcp",
  "research",
  "reports",
  "chat",
  "store",
];

export function errorPages() {
  const places = readdirSync(folder).map((name) => name.replace(/\.md$/, ""));
  return places.sort((a, b) => order.indexOf(a) - order.indexOf(b)).map((place) => `${place}.md`);
}

export function readErrorPage(name) {
  return readFileSync(join(folder, name), "utf8");
}

/** The sections of a page by code: their text and their code blocks. */
export function sectionsOf(page) {
  return page
    .split(/^(?=## [EW]_)/m)
    .filter((part) => part.startsWith("## "))
    .map((text) => ({ code: /^## (\S+)/.exec(text)[1], text, blocks: blocksOf(text) }));
}

function blocksOf(text) {
  return [...text.matchAll(/^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm)].map(([, language, name = "", body]) => ({
    language,
    name,
    text: body,
  }));
}

/** The section with the catalogue's words and its example's output put in. */
export async function filledSection({ code, text, blocks }) {
  const words = await catalogueWords(code);
  const [body, mend = ""] = text.replace(/^## .*\n(?:>.*\n)*/, "").split("\n**Mend.** ");
  const printed = blocks.some(({ language }) => language === "text") ? await printedBy(code, blocks) : "";
  const filled = body.replace(/^```text\n[\s\S]*?^```$/m, () => `\`\`\`text\n${printed}\n\`\`\``);
  return `## ${code}\n${words.head}\n\n${filled.trim()}\n\n**Mend.** ${words.mend ?? mend.trim()}\n\n`;
}

async function printedBy(code, blocks) {
  const lines = await tryExample(code, blocks);
  return lines.length === 0 ? "(this example does not make it happen)" : lines.join("\n");
}

async function catalogues() {
  const { catalogue, diagnosticCodes, runWarningCodes } = await import("../packages/engine/dist/authoring.js");
  return { catalogue, described: { ...diagnosticCodes, ...runWarningCodes } };
}

async function catalogueWords(code) {
  const { catalogue, described } = await catalogues();
  const diagnostic = described[code];
  if (diagnostic !== undefined)
    return {
      head: `> **${diagnostic.title}.** ${diagnostic.meaning.replaceAll("__", "\\_\\_")}`,
      mend: diagnostic.mend,
    };
  const entry = catalogue[code];
  if (entry === undefined) return { head: "> (no catalogue has this code)" };
  const kind = entry.kind === undefined ? "" : `Kind \`${entry.kind}\`. `;
  const again = entry.retryable ? "Trying again may help." : "Trying again does not help by itself.";
  return { head: `> \`${entry.message}\`\n>\n> ${kind}${again} Exit code ${entry.exitCode}.` };
}

/** The whole page, filled. */
export async function filledPage(page) {
  const opening = page.split(/^(?=## [EW]_)/m)[0];
  const sections = [];
  for (const section of sectionsOf(page)) sections.push(await filledSection(section));
  return `${opening}${sections.join("").trimEnd()}\n`;
}

/** The page that leads to all others. */
export async function indexPage() {
  const { catalogue, described } = await catalogues();
  const parts = errorPages().map((name) => {
    const page = readErrorPage(name);
    const title = /^# Errors: (.*)$/m.exec(page)[1];
    const rows = sectionsOf(page).map(({ code }) => {
      const means = described[code]?.title ?? catalogue[code]?.message ?? "";
      return `| [${code}](errors/${name}#${code.toLowerCase()}) | ${means} |`;
    });
    return `## ${title[0].toUpperCase()}${title.slice(1)}\n\n| code | means |\n| --- | --- |\n${rows.join("\n")}`;
  });
  return `${[indexOpening, ...parts].join("\n\n")}\n`;
}

if (process.argv[1] === resolve(import.meta.filename)) {
  for (const name of errorPages()) settlePage(`docs/errors/${name}`, await filledPage(readErrorPage(name)));
  settlePage("docs/errors.md", await indexPage());
}
