import { type Element, elementsBelow, isElement, type Markup } from "./markup.js";

type Test = (element: Element) => boolean;
/** A compound such as `td.price[lang]`, and how the one before it stands to it. */
type Part = { readonly tests: readonly Test[]; readonly before: "ancestor" | "parent" | "start" };
export type Selector = { readonly source: string; readonly chains: readonly (readonly Part[])[] };

const maxCharacters = 500;
/** Ancestors that are looked at, at most. */
const maxClimb = 256;

/**
 * Reads a selector: names, `*`, `#id`, `.class`, `[name]`, `[name=value]` (also `^=`, `$=`, `*=`, `~=`), `:first-child`,
 * `:last-child`, `:nth-child(2)`, below one another by a space or `>`, alternatives by commas. A text says what is wrong.
 */
export function readSelector(source: string): Selector | string {
  if (source.length > maxCharacters) return `has more than ${maxCharacters} characters`;
  const chains: (readonly Part[])[] = [];
  for (const text of alternatives(source)) {
    const chain = readChain(text.trim());
    if (typeof chain === "string") return chain;
    chains.push(chain);
  }
  return { source, chains };
}

/** Parts between commas that stand in no brackets. */
function alternatives(source: string): readonly string[] {
  return source.match(/(?:\[[^\]]*\]|[^,[])+|(?<=^|,)(?=,|$)/g) ?? [""];
}

const compound = /^(?:[\w*-][\w:-]*?(?=[#.[:>\s]|$)|\*)?((?:#[\w-]+|\.[\w-]+|\[[^\]]*\]|:[\w-]+(?:\(\d{1,6}\))?)*)/;

function readChain(text: string): readonly Part[] | string {
  const parts: Part[] = [];
  let rest = text;
  let before: Part["before"] = "start";
  while (rest !== "") {
    const [whole = "", marks = ""] = compound.exec(rest) ?? [];
    if (whole === "") return `cannot be read at ${JSON.stringify(rest.slice(0, 20))}`;
    const name = whole.slice(0, whole.length - marks.length);
    const tests = readMarks(marks);
    if (typeof tests === "string") return tests;
    parts.push({ tests: name === "" || name === "*" ? tests : [(element) => element.name === name, ...tests], before });
    const [joint = ""] = /^\s*>?\s*/.exec(rest.slice(whole.length)) ?? [];
    rest = rest.slice(whole.length + joint.length);
    if (joint === "" && rest !== "") return `cannot be read at ${JSON.stringify(rest.slice(0, 20))}`;
    before = joint.includes(">") ? "parent" : "ancestor";
    if (rest === "" && joint.includes(">")) return "ends with >";
  }
  return parts.length === 0 ? "is empty" : parts;
}

function readMarks(marks: string): readonly Test[] | string {
  const tests: Test[] = [];
  for (const mark of marks.match(/#[\w-]+|\.[\w-]+|\[[^\]]*\]|:[\w-]+(?:\(\d+\))?/g) ?? []) {
    const test = readMark(mark);
    if (typeof test === "string") return test;
    tests.push(test);
  }
  return tests;
}

function readMark(mark: string): Test | string {
  const name = mark.slice(1);
  if (mark.startsWith("#")) return (element) => element.attribs["id"] === name;
  if (mark.startsWith(".")) return (element) => wordsOf(element.attribs["class"]).includes(name);
  return mark.startsWith("[") ? readAttribute(mark) : readPlace(mark);
}

const wordsOf = (text: string | undefined): readonly string[] => (text ?? "").split(/\s+/);

function readAttribute(mark: string): Test | string {
  const found = /^\[\s*([\w:.-]+)\s*(?:([~^$*]?=)\s*(?:"([^"]*)"|'([^']*)'|([^\s"'\]]+))\s*)?\]$/.exec(mark);
  if (found === null) return `has an attribute that cannot be read: ${mark}`;
  const [, name = "", sign, double, single, bare] = found;
  const wanted = double ?? single ?? bare ?? "";
  const has = (element: Element): string | undefined =>
    Object.hasOwn(element.attribs, name) ? element.attribs[name] : undefined;
  switch (sign) {
    case undefined:
      return (element) => has(element) !== undefined;
    case "=":
      return (element) => has(element) === wanted;
    case "~=":
      return (element) => wordsOf(has(element)).includes(wanted);
    case "^=":
      return (element) => has(element)?.startsWith(wanted) === true;
    case "$=":
      return (element) => has(element)?.endsWith(wanted) === true;
    default:
      return (element) => has(element)?.includes(wanted) === true;
  }
}

function readPlace(mark: string): Test | string {
  const at = (element: Element): number =>
    (element.parent?.children ?? []).filter((node) => node.type !== "text" && "name" in node).indexOf(element);
  const [, name, number] = /^:([\w-]+)(?:\((\d+)\))?$/.exec(mark) ?? [];
  if (name === "first-child") return (element) => previousElement(element) === undefined;
  if (name === "last-child") return (element) => nextElement(element) === undefined;
  if (name === "nth-child" && number !== undefined) return (element) => at(element) === Number(number) - 1;
  return `has ${mark}, which is not known`;
}

function previousElement(element: Element): Element | undefined {
  let node = element.prev;
  while (node !== null && !isElement(node)) node = node.prev;
  return node ?? undefined;
}

function nextElement(element: Element): Element | undefined {
  let node = element.next;
  while (node !== null && !isElement(node)) node = node.next;
  return node ?? undefined;
}

/** Elements below `root` that fit, in the order of the document, at most `most`. */
export function selectAll(root: Markup, selector: Selector, most: number): readonly Element[] {
  const found: Element[] = [];
  for (const element of elementsBelow(root)) {
    if (selector.chains.some((chain) => fits(element, chain, chain.length - 1))) found.push(element);
    if (found.length >= most) break;
  }
  return found;
}

function fits(element: Element, chain: readonly Part[], last: number): boolean {
  const part = chain[last];
  if (part === undefined || !part.tests.every((test) => test(element))) return false;
  if (part.before === "start") return true;
  let above = element.parent;
  for (let climbed = 0; above !== null && isElement(above as Element) && climbed < maxClimb; climbed++) {
    if (fits(above as Element, chain, last - 1)) return true;
    if (part.before === "parent") return false;
    above = above.parent;
  }
  return false;
}
