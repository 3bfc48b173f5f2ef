import { escapeHtml } from "@nanobrain/engine/steps";
import { contentsOf } from "../tree/finish-tree.js";
import { type Block, type DrawnChart, type Inline, plainText, type ReportTree } from "../tree/report-tree.js";
import { hasRightToLeft, isRightToLeftLanguage } from "../tree/right-to-left.js";
import { reportStyle } from "./report-style.js";

/** What may be loaded: nothing. Styles stand in the page, scripts do not run. */
export const contentPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** The report as one page: styles and charts inside, no script, nothing from elsewhere. */
export function htmlReport(tree: ReportTree): string {
  const meta = [
    `<meta name="generator" content="NanoBrain">`,
    ...(tree.authors.length === 0 ? [] : [`<meta name="author" content="${escapeHtml(tree.authors.join(", "))}">`]),
    ...(tree.subject === "" ? [] : [`<meta name="description" content="${escapeHtml(tree.subject)}">`]),
    ...(tree.keywords.length === 0 ? [] : [`<meta name="keywords" content="${escapeHtml(tree.keywords.join(", "))}">`]),
  ];
  const byline = [tree.authors.join(", "), tree.date].filter((one) => one !== "").join(" · ");
  return `<!doctype html>
<html lang="${escapeHtml(tree.language)}"${isRightToLeftLanguage(tree.language) ? ' dir="rtl"' : ""}>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(tree.title)}</title>
${meta.join("\n")}
<style>
${reportStyle}</style>
</head>
<body>
<main>
<header>
<h1${side(tree.title)}>${escapeHtml(tree.title)}</h1>
${byline === "" ? "" : `<p class="byline"${side(byline)}>${escapeHtml(byline)}</p>\n`}</header>
${tree.blocks.map((one) => block(one, tree)).join("\n")}
${notes(tree)}</main>
</body>
</html>
`;
}

/** Text with letters from right to left has the browser find out where its lines begin. */
function side(text: string | readonly Inline[]): string {
  return hasRightToLeft(typeof text === "string" ? text : plainText(text)) ? ' dir="auto"' : "";
}

function itemSide([first]: readonly Block[]): string {
  return first?.kind === "paragraph" ? side(first.children) : "";
}

function block(one: Block, tree: ReportTree): string {
  switch (one.kind) {
    case "heading":
      return `<h${one.level} id="${one.id}"${side(one.children)}>${line(one.children, tree)}</h${one.level}>`;
    case "paragraph":
      return `<p${side(one.children)}>${line(one.children, tree)}</p>`;
    case "list":
      return list(one, tree);
    case "quote":
      return `<blockquote>\n${one.blocks.map((inner) => block(inner, tree)).join("\n")}\n</blockquote>`;
    case "code":
      return `<pre tabindex="0"><code>${escapeHtml(one.text)}</code></pre>`;
    case "table":
      return table(one, tree);
    case "rule":
      return "<hr>";
    case "figure":
      return `<figure id="figure-${one.number}">\n${inlineSvg(one.chart)}\n<figcaption${side(one.caption)}>Figure ${one.number}. ${escapeHtml(one.caption)}</figcaption>\n</figure>`;
    case "references":
      return references(tree);
    case "contents":
      return contents(tree);
  }
}

function list({ start, items }: Block & { readonly kind: "list" }, tree: ReportTree): string {
  const [open, close] = start === null ? ["<ul>", "</ul>"] : [start === 1 ? "<ol>" : `<ol start="${start}">`, "</ol>"];
  return `${open}\n${items.map((item) => `<li${itemSide(item)}>${itemText(item, tree)}</li>`).join("\n")}\n${close}`;
}

/** An item of one paragraph needs none. */
function itemText(item: readonly Block[], tree: ReportTree): string {
  const [first, ...rest] = item;
  if (first?.kind !== "paragraph" || rest.some((one) => one.kind === "paragraph"))
    return item.map((inner) => block(inner, tree)).join("\n");
  return [line(first.children, tree), ...rest.map((inner) => block(inner, tree))].join("\n");
}

function table({ head, rows, align }: Block & { readonly kind: "table" }, tree: ReportTree): string {
  const cells = (row: readonly (readonly Inline[])[], tag: "th" | "td"): string =>
    row
      .map((cell, at) => {
        const aligned = align[at] === undefined || align[at] === "left" ? "" : ` class="${align[at]}"`;
        return `<${tag}${tag === "th" ? ' scope="col"' : ""}${aligned}${side(cell)}>${line(cell, tree)}</${tag}>`;
      })
      .join("");
  const body = rows.map((row) => `<tr>${cells(row, "td")}</tr>`).join("\n");
  return `<div class="wide" tabindex="0"><table>\n<thead><tr>${cells(head, "th")}</tr></thead>\n<tbody>\n${body}\n</tbody>\n</table></div>`;
}

/** The drawing, with what it shows in words. */
function inlineSvg({ svg, alt }: DrawnChart): string {
  return svg.replace(/^<svg /, `<svg aria-label="${escapeHtml(alt)}" `).replace(/<title>[^<]*<\/title>/, "");
}

function references({ references: all }: ReportTree): string {
  const tree = { references: [] as ReportTree["references"] };
  const items = all.map(({ label, children }, at) => {
    const mark = label === "" ? "" : `<span class="label">${escapeHtml(label)}</span> `;
    return `<li id="ref-${at + 1}"${side(children)}>${mark}${line(children, tree)}</li>`;
  });
  return items.length === 0 ? "" : `<ol class="references">\n${items.join("\n")}\n</ol>`;
}

function contents(tree: ReportTree): string {
  const items = contentsOf(tree).map(
    ({ level, id, text }) => `<li class="level-${level}"${side(text)}><a href="#${id}">${escapeHtml(text)}</a></li>`,
  );
  return items.length === 0 ? "" : `<nav aria-label="Contents">\n<ul>\n${items.join("\n")}\n</ul>\n</nav>`;
}

function notes(tree: ReportTree): string {
  if (tree.notes.length === 0) return "";
  const items = tree.notes.map(
    (one, at) =>
      `<li id="note-${at + 1}"${side(one)}>${line(one, tree)} <a href="#mark-${at + 1}" aria-label="Back to the text">↩</a></li>`,
  );
  return `<section class="notes" aria-label="Footnotes">\n<ol>\n${items.join("\n")}\n</ol>\n</section>\n`;
}

function line(children: readonly Inline[], tree: Pick<ReportTree, "references">): string {
  return children.map((one) => part(one, tree)).join("");
}

function part(one: Inline, tree: Pick<ReportTree, "references">): string {
  switch (one.kind) {
    case "text":
      return escapeHtml(one.text);
    case "code":
      return `<code>${escapeHtml(one.text)}</code>`;
    case "strong":
      return `<strong>${line(one.children, tree)}</strong>`;
    case "emphasis":
      return `<em>${line(one.children, tree)}</em>`;
    case "strike":
      return `<s>${line(one.children, tree)}</s>`;
    case "link":
      return `<a href="${escapeHtml(one.href)}" rel="noopener noreferrer">${line(one.children, tree)}</a>`;
    case "break":
      return "<br>";
    case "note":
      return `<sup id="mark-${one.note + 1}"><a href="#note-${one.note + 1}" aria-label="Footnote ${one.note + 1}">${one.note + 1}</a></sup>`;
    case "reference": {
      const at = tree.references.findIndex((entry) => entry.key === one.key);
      return at < 0 ? escapeHtml(one.text) : `<a class="cite" href="#ref-${at + 1}">${escapeHtml(one.text)}</a>`;
    }
  }
}
