import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { speedTable } from "../bench/src/speed-table.mjs";
import { settlePage } from "./made-page.mjs";
import { root } from "./program.mjs";

/** Puts the figures of bench/figures.json into docs/speed.md; with `--check` says whether they are there. */

const page = "docs/speed.md";
const [opening, closing] = ["<!-- figures: made by npm run bench -- --save -->", "<!-- end of figures -->"];

function readFigures() {
  const path = join(root, "bench/figures.json");
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
}

function section(figures) {
  if (figures === undefined) return "Nothing was measured and saved yet.";
  const { mode, machine, rows, absent } = figures;
  const missing = absent.map((line) => `- ${line.replaceAll("|", "/")}`);
  const rest = missing.length === 0 ? [] : ["", "Without figures, and why:", ...missing];
  return [`Measured on ${machine} (\`--${mode}\`).`, "", speedTable(rows), ...rest].join("\n");
}

/** The page with the figures in their place. */
export function filledSpeedPage(text, figures) {
  const [before, rest = ""] = text.split(opening);
  const after = rest.split(closing)[1] ?? "";
  return `${before}${opening}\n${section(figures)}\n${closing}${after}`;
}

if (process.argv[1] === resolve(import.meta.filename)) {
  settlePage(page, filledSpeedPage(readFileSync(join(root, page), "utf8"), readFigures()));
}
