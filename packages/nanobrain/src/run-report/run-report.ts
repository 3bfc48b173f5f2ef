import { timeline } from "@nanobrain/engine/observe";
import { callsSection } from "./calls-section.js";
import { dataSection } from "./data-section.js";
import { gantt } from "./gantt.js";
import { esc, isoTime, section } from "./html.js";
import { methodsSection } from "./methods-section.js";
import { pageStyle } from "./page-style.js";
import type { RunFacts } from "./run-facts.js";
import { stepLines, stepsSection } from "./steps-section.js";
import { summarySection } from "./summary-section.js";
import { troubleSection } from "./trouble-section.js";

const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** A run as one page: nothing is loaded from elsewhere, no script runs. */
export function runReport(facts: RunFacts): string {
  const { lines, left } = stepLines(facts);
  const parts = [
    troubleSection(facts),
    timelineSection(facts),
    graphSection(facts),
    stepsSection(facts, lines, left),
    callsSection(facts),
    dataSection(facts),
    methodsSection(facts, lines),
  ].filter((one) => one !== "");
  const links = [...parts.join("").matchAll(/<section id="(\w+)">\n<h2>([^<]*)<\/h2>/g)];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="NanoBrain">
<title>${esc(`${facts.summary.workflow}: run ${facts.summary.name}`)}</title>
<style>
${pageStyle}</style>
</head>
<body>
<main>
${summarySection(facts, lines)}
<nav aria-label="Parts">${links.map(([, id, title]) => `<a href="#${id}">${title}</a>`).join("")}</nav>
${parts.join("\n")}
<footer>Made ${esc(isoTime(facts.madeAt))} from event ${facts.events.length} of the run's journal by NanoBrain ${esc(facts.versions["nanobrain"] ?? "")}.</footer>
</main>
</body>
</html>
`;
}

function timelineSection({ plan, events, madeAt, driven }: RunFacts): string {
  const rows = timeline(plan, events);
  if (rows.length === 0) return "";
  const { svg, left } = gantt(rows, driven ? madeAt : (events.at(-1)?.at ?? madeAt));
  const more = left === 0 ? "" : `<p class="sub">${left} more are not drawn.</p>`;
  return section("timeline", "Timeline", `<div class="chart fit" tabindex="0">${svg}</div>${more}`);
}

/** The drawing has styles of its own, so it is a picture. */
function graphSection({ graph, plan }: RunFacts): string {
  const data = Buffer.from(graph, "utf8").toString("base64");
  const image = `<img src="data:image/svg+xml;base64,${data}" alt="${esc(`The steps of ${plan.name} and what links them, coloured by what became of them; the table of steps says the same.`)}">`;
  return section("graph", "Graph", `<div class="chart" tabindex="0">${image}</div>`);
}
