import type { parseDocument as parse } from "htmlparser2";

type Document = ReturnType<typeof parse>;
type ChildNode = Document["children"][number];
export type Element = Extract<ChildNode, { readonly attribs: unknown }>;

/** Reads XML (well-formed or not quite: what can be read is). Entities of a DTD are not expanded, nothing is fetched. */
export async function parseXml(text: string): Promise<Document> {
  const { parseDocument } = await import("htmlparser2");
  return parseDocument(text, { xmlMode: true, decodeEntities: true });
}

type Parent = Document | Element;

const isElement = (node: ChildNode): node is Element => node.type === "tag";

/** Child elements, in order. */
export function elements(node: Parent | undefined): readonly Element[] {
  return (node?.children ?? []).filter(isElement);
}

/** Child elements of that name, in order. */
export function children(node: Parent | undefined, name: string): readonly Element[] {
  return elements(node).filter((child) => child.name === name);
}

/** The first element along a path of names. */
export function first(node: Parent | undefined, ...path: readonly string[]): Element | undefined {
  let at: Parent | undefined = node;
  for (const name of path) at = children(at, name)[0];
  return at as Element | undefined;
}

/** All text inside, that of nested elements such as `<i>` and `<sup>` in its place; spaces made one. Undefined: none. */
export function text(node: Parent | undefined): string | undefined {
  const parts: string[] = [];
  const waiting: ChildNode[] = [...(node?.children ?? [])].reverse();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.type === "text") parts.push(next.data);
    else if ("children" in next)
      for (let at = next.children.length - 1; at >= 0; at--) push(waiting, next.children[at]);
  }
  const whole = parts.join("").replace(/\s+/g, " ").trim();
  return whole === "" ? undefined : whole;
}

function push(waiting: ChildNode[], node: ChildNode | undefined): void {
  if (node !== undefined) waiting.push(node);
}

/** Text along a path. */
export function textAt(node: Parent | undefined, ...path: readonly string[]): string | undefined {
  return text(first(node, ...path));
}

/** Text with its HTML mark-up taken out, as abstracts have it. */
export async function plainText(html: string | undefined): Promise<string | undefined> {
  if (html === undefined || !/[<&]/.test(html)) return html?.replace(/\s+/g, " ").trim() || undefined;
  const { parseDocument } = await import("htmlparser2");
  return text(parseDocument(html.replace(/<\/(h\d|p|div|li|title)>/gi, "$& "), { decodeEntities: true }));
}
