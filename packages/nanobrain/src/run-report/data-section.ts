import { sizeText } from "../views/size-text.js";
import { collapsed, esc, section, table } from "./html.js";
import type { RunFacts, ShownValue } from "./run-facts.js";

const openValues = 12;

/** What went in and what came out. */
export function dataSection({ inputs, outputs }: RunFacts): string {
  return [section("outputs", "Outputs", values(outputs)), section("inputs", "Inputs", values(inputs))]
    .filter((one) => one !== "")
    .join("\n");
}

function values(shown: readonly ShownValue[]): string {
  const parts = shown.map(one);
  const rest = parts.slice(openValues);
  return [...parts.slice(0, openValues), rest.length === 0 ? "" : collapsed(`${rest.length} more`, rest.join("\n"))]
    .filter((part) => part !== "")
    .join("\n");
}

function one({ name, class: unit, text, sizeBytes, files }: ShownValue): string {
  const cut = sizeBytes === null ? "" : ` <span class="inner">beginning of ${esc(sizeText(sizeBytes))}</span>`;
  const listed = files.map((file) => [esc(file.name), `<code>${esc(file.hash)}</code>`, esc(sizeText(file.sizeBytes))]);
  const shownFiles = listed.length === 0 ? "" : table(["file", "content hash (SHA-256)", "size"], listed, [2]);
  return `<h3><code>${esc(name)}</code> <span class="inner">${esc(unit)}</span>${cut}</h3>\n${text === "" ? "" : `<pre tabindex="0">${esc(text)}</pre>`}${shownFiles}`;
}
