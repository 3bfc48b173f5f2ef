import type { Reference } from "./reference.js";

const special: { readonly [character: string]: string } = {
  "\\": "\\textbackslash{}",
  "{": "\\{",
  "}": "\\}",
  "&": "\\&",
  "%": "\\%",
  $: "\\$",
  "#": "\\#",
  _: "\\_",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
};

/** References as a BibTeX file in UTF-8. No text can end its field. */
export function writeBibtex(references: readonly Reference[]): string {
  return references.length === 0 ? "% no references\n" : references.map(entryText).join("\n");
}

function entryText(one: Reference): string {
  const venueField = one.type === "inproceedings" ? "booktitle" : one.type === "article" ? "journal" : "howpublished";
  const fields: readonly (readonly [string, string])[] = [
    ["title", `{${escaped(one.title)}}`],
    ["author", one.authors.map(authorText).join(" and ")],
    ["year", one.year === null ? "" : String(one.year)],
    [venueField, escaped(one.venue)],
    ["volume", escaped(one.volume)],
    ["number", escaped(one.issue)],
    ["pages", escaped(one.pages.replace(/(\d)\s*[-–]\s*(\d)/, "$1--$2"))],
    ["publisher", escaped(one.publisher)],
    ["doi", escaped(one.doi)],
    ["pmid", one.pmid],
    ["eprint", escaped(one.arxiv)],
    ["archiveprefix", one.arxiv === "" ? "" : "arXiv"],
    ["url", one.url.replace(/[{}\\]/g, "")],
  ];
  const lines = fields.flatMap(([name, text]) => (text === "" || text === "{}" ? [] : [`  ${name} = {${text}},`]));
  return `@${one.type}{${one.key.replace(/[^\p{L}\p{N}_:.+/-]/gu, "")},\n${lines.join("\n")}\n}\n`;
}

function escaped(text: string): string {
  return text.replace(/[\\{}&%$#_~^]/g, (character) => special[character] ?? character).replace(/\s+/g, " ");
}

/** A name in which ` and ` stands, or that has no comma but several words, is one name. */
function authorText(author: string): string {
  const text = escaped(author);
  const isWhole = / and /i.test(text) || (!text.includes(",") && text.includes(" "));
  return isWhole ? `{${text}}` : text;
}
