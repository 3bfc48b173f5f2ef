import type { Element } from "../../literature/xml.js";

export type { Element };
export type MarkupNode = Element["children"][number];
export type Markup = { readonly children: readonly MarkupNode[] };

/** Reads HTML, or XML with `xml`. What is broken is read as far as can be; nothing is fetched or run. */
export async function parseMarkup(text: string, kind: "html" | "xml"): Promise<Markup> {
  const { parseDocument } = await import("htmlparser2");
  return parseDocument(text, { xmlMode: kind === "xml", decodeEntities: true });
}

export function isElement(node: MarkupNode | undefined): node is Element {
  return node !== undefined && (node.type === "tag" || node.type === "script" || node.type === "style");
}

/** All elements below, in the order of the document. Without recursion: depth costs nothing. */
export function* elementsBelow(root: Markup): Generator<Element> {
  const waiting: MarkupNode[] = [...root.children].reverse();
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (!isElement(node)) continue;
    yield node;
    for (let at = node.children.length - 1; at >= 0; at--) waiting.push(node.children[at] as MarkupNode);
  }
}

const silent = new Set(["script", "style", "noscript", "template", "svg", "head"]);
/** Elements that end a line of text; `p`-like ones stand apart by an empty line. */
const blocks = new Set(
  "address article aside blockquote body caption dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header li main nav ol p pre section table tr ul sec title abstract list list-item disp-quote fig".split(
    " ",
  ),
);

/** Text below, blocks apart by line ends, white space made one. `leaveOut`: names of elements that do not count. */
export function textOf(root: Markup, leaveOut: ReadonlySet<string> = silent, mostCharacters = 1_000_000): string {
  const parts: string[] = [];
  let sizeCharacters = 0;
  type Waiting = MarkupNode | "\n" | "\t";
  const waiting: Waiting[] = [...root.children].reverse();
  for (let node = waiting.pop(); node !== undefined && sizeCharacters < mostCharacters; node = waiting.pop()) {
    if (typeof node === "string") parts.push(node);
    else if (node.type === "text") {
      parts.push(node.data.replace(/\s+/g, " "));
      sizeCharacters += node.data.length;
    } else if ("children" in node && !(isElement(node) && leaveOut.has(node.name))) {
      const name = isElement(node) ? node.name : "";
      const around: Waiting | undefined =
        name === "br" || blocks.has(name) ? "\n" : name === "td" || name === "th" ? "\t" : undefined;
      if (around !== undefined) waiting.push(around);
      for (let at = node.children.length - 1; at >= 0; at--) waiting.push(node.children[at] as MarkupNode);
      if (around === "\n") waiting.push("\n");
    }
  }
  return parts
    .join("")
    .replace(/[ \t]*\n[\s]*/g, "\n")
    .replace(/[ \t]+/g, " ")
    .trim()
    .slice(0, mostCharacters);
}

/** Text on one line. */
export function lineOf(root: Markup): string {
  return textOf(root).replace(/\s+/g, " ");
}
