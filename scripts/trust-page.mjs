import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { settlePage } from "./made-page.mjs";
import { root } from "./program.mjs";

/** Puts the figures of docs/trust-figures.json into docs/trust.md; with `--check` says whether they are there. */

export const savedFigures = join(root, "docs/trust-figures.json");

const page = "docs/trust.md";
const [opening, closing] = ["<!-- figures: made by npm run trust -- --save -->", "<!-- end of figures -->"];

export function readFigures() {
  return existsSync(savedFigures) ? JSON.parse(readFileSync(savedFigures, "utf8")) : [];
}

const total = (counts) => Object.values(counts).reduce((sum, count) => sum + count, 0);
const number = (value) => value.toLocaleString("en-US");

/** One row for each campaign, as a Markdown table. */
export function trustTable(figures) {
  const rows = figures.map(({ campaign, promises, injected, points, planted, violations, seconds }) => {
    const noticed = Object.values(planted).filter(Boolean).length;
    const bugs = `${noticed} of ${Object.keys(planted).length}`;
    const cells = [
      campaign,
      promises.join(" "),
      number(total(injected)),
      number(points),
      bugs,
      violations.length,
      time(seconds),
    ];
    return `| ${cells.join(" | ")} |`;
  });
  const head = ["campaign", "promises", "faults put in", "points", "planted bugs caught", "violations", "time"];
  return [`| ${head.join(" | ")} |`, `|${" --- |".repeat(head.length)}`, ...rows];
}

function time(seconds) {
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

/** More of what a campaign says is in the file of figures. */
const mostNotes = 16;

/** What each campaign put in, which bugs it caught and what else it says. */
function details({ campaign, injected, planted, notes, commit, node, machine }) {
  const faults = Object.entries(injected).map(([fault, count]) => `${fault}: ${number(count)}`);
  const caught = Object.entries(planted).map(([bug, noticed]) => (noticed ? bug : `${bug} (MISSED)`));
  const all = Object.entries(notes).map(([name, value]) => `${name}: ${value}`);
  const left = all.length - mostNotes;
  const said = left > 1 ? [...all.slice(0, mostNotes), `and ${left} more notes in trust-figures.json`] : all;
  const parts = [
    `**${campaign}** (build ${commit}, Node ${node}, ${machine}).`,
    faults.length > 0 ? `Faults: ${faults.join("; ")}.` : "",
    caught.length > 0 ? `Planted bugs caught: ${caught.join("; ")}.` : "",
    said.length > 0 ? `${said.join("; ")}.` : "",
  ];
  return `- ${parts.filter(Boolean).join(" ")}`;
}

export function figuresSection(figures) {
  if (figures.length === 0) return "No campaign was saved yet.";
  return [...trustTable(figures), "", ...figures.map(details)].join("\n");
}

/** The page with the figures in their place. */
export function filledTrustPage(text, figures) {
  const [before, rest = ""] = text.split(opening);
  const after = rest.split(closing)[1] ?? "";
  return `${before}${opening}\n${figuresSection(figures)}\n${closing}${after}`;
}

if (process.argv[1] === resolve(import.meta.filename)) {
  const text = readFileSync(join(root, page), "utf8");
  settlePage(page, filledTrustPage(text, readFigures()));
}
