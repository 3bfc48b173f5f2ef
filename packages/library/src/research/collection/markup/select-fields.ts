import { type Json, type JsonObject, nanobrainError } from "@nanobrain/engine";
import { lineOf, type Markup, textOf } from "./markup.js";
import { readSelector, type Selector, selectAll } from "./selector.js";

/** `field: selector`, or `field: { select, all, attribute }`. */
export type FieldSelection = { readonly [field: string]: Json };

const mostMatches = 10_000;

/** What the selectors find, by field. A field without a match is left out. Throws E_COLLECT_SOURCES for what is no selector. */
export function selectFields(root: Markup, selection: FieldSelection): JsonObject {
  const entries = Object.entries(selection).flatMap(([field, said]) => {
    const value = selectField(root, field, said);
    return value === undefined ? [] : [[field, value] as const];
  });
  return Object.fromEntries(entries);
}

function selectField(root: Markup, field: string, said: Json): Json | undefined {
  const wanted = (typeof said === "string" ? { select: said } : said) as JsonObject | null;
  const { select, all, attribute } = wanted ?? {};
  if (typeof select !== "string") throw fault(field, "needs a selector, or { select: SELECTOR }");
  const found = selectAll(root, selectorOf(select, field), all === true ? mostMatches : 1);
  const texts = found.flatMap((element) => {
    if (typeof attribute !== "string") return all === true ? lineOf(element) : textOf(element);
    return Object.hasOwn(element.attribs, attribute) ? [element.attribs[attribute] ?? ""] : [];
  });
  if (all === true) return texts.length === 0 ? undefined : texts.filter((text) => text !== "");
  return texts[0] === "" ? undefined : texts[0];
}

export function selectorOf(source: string, field: string): Selector {
  const selector = readSelector(source);
  if (typeof selector === "string") throw fault(field, `selector ${JSON.stringify(source)} ${selector}`);
  return selector;
}

const fault = (field: string, problem: string): Error =>
  nanobrainError("E_COLLECT_SOURCES", { problem: `${field} ${problem}` });
