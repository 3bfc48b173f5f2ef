const entities: { readonly [character: string]: string } = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text of a page, or of an attribute in quotes. Control characters are left out. */
export function esc(text: string): string {
  return text
    .replace(/[\p{Cc}\u2028\u2029]/gu, (one) => (one === "\n" || one === "\t" ? one : ""))
    .replace(/[&<>"']/g, (one) => entities[one] ?? one);
}

/** A table; cells are markup. `numbers`: positions of columns of numbers. */
export function table(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  numbers: readonly number[] = [],
): string {
  const side = (at: number): string => (numbers.includes(at) ? ' class="n"' : "");
  const head = heads.map((one, at) => `<th scope="col"${side(at)}>${esc(one)}</th>`).join("");
  const body = rows
    .map((row) => `<tr>${row.map((cell, at) => `<td${side(at)}>${cell}</td>`).join("")}</tr>`)
    .join("\n");
  return `<div class="wide" tabindex="0"><table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${body}\n</tbody>\n</table></div>`;
}

export function section(id: string, title: string, inside: string): string {
  return inside === "" ? "" : `<section id="${id}">\n<h2>${esc(title)}</h2>\n${inside}\n</section>`;
}

export function collapsed(title: string, inside: string): string {
  return `<details>\n<summary>${esc(title)}</summary>\n${inside}\n</details>`;
}

export function statusMark(status: string): string {
  return `<span class="status ${esc(status)}">${esc(status)}</span>`;
}

export function isoTime(at: number): string {
  return new Date(at).toISOString().replace(/\.\d{3}Z$/, "Z");
}
