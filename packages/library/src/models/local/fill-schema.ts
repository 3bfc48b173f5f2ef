import type { Json, JsonObject, JsonSchema } from "@nanobrain/engine";
import { localModelName } from "../model-name.js";
import { cited } from "./cite.js";
import type { Quote, Reading } from "./reading.js";
import { countFor, phrasesOf, quotesFor, sourcesOf, titleOf, type Wanted } from "./schema-values.js";

export type Filled = { readonly value: Json } | { readonly problem: string };

type Schema = JsonObject;
/** Where a value goes. */
type Place = Wanted & { readonly root: Schema };

const deepest = 6;
const mostItems = 6;
const mostQuotes = 3;

/**
 * Fills a schema with what can be quoted or counted: texts with quotations, lists with quotations or key phrases, numbers with counts.
 * What would have to be judged is left out where the schema allows it; else `problem` says what.
 */
export function fillSchema(schema: JsonSchema, reading: Reading): Filled {
  if (typeof schema === "boolean") return { value: null };
  return fill(schema, { name: "the answer", words: "", root: schema, reading }, 0);
}

function fill(given: Schema, place: Place, depth: number): Filled {
  const schema = resolved(given, place.root);
  if (depth > deepest || schema === undefined) return undecided(place, "its schema goes too deep");
  if ("const" in schema) return { value: schema["const"] as Json };
  const words = `${place.words} ${textOf(schema["description"])} ${textOf(schema["title"])}`;
  const here = { ...place, words };
  if (Array.isArray(schema["enum"]))
    return schema["enum"].length === 1
      ? { value: schema["enum"][0] as Json }
      : undecided(here, "it would have to judge");
  const choices = schema["anyOf"] ?? schema["oneOf"];
  if (Array.isArray(choices)) return firstOf(choices as readonly Schema[], here, depth);
  const types = typesOf(schema);
  const filled = fillType(types.find((type) => type !== "null") ?? "null", schema, here, depth);
  return "problem" in filled && types.includes("null") ? { value: null } : filled;
}

function fillType(type: string, schema: Schema, place: Place, depth: number): Filled {
  switch (type) {
    case "object":
      return fillObject(schema, place, depth);
    case "array":
      return fillList(schema, place, depth);
    case "string":
      return fillText(schema, place);
    case "number":
    case "integer":
      return fillNumber(schema, place);
    case "null":
      return { value: null };
    default:
      return undecided(place, "it would have to judge");
  }
}

function firstOf(choices: readonly Schema[], place: Place, depth: number): Filled {
  let last: Filled = undecided(place, "it would have to judge");
  for (const choice of choices) {
    last = fill(choice, place, depth + 1);
    if (!("problem" in last) && last.value !== null) return last;
  }
  return last;
}

function fillObject(schema: Schema, place: Place, depth: number): Filled {
  const properties = (schema["properties"] ?? {}) as { readonly [name: string]: Schema };
  const required = (schema["required"] ?? []) as readonly string[];
  const value: { [name: string]: Json } = {};
  for (const [name, property] of Object.entries(properties)) {
    const filled = fill(property, { ...place, name, words: "" }, depth + 1);
    if (!("problem" in filled)) value[name] = filled.value;
    else if (required.includes(name)) return filled;
  }
  const missing = required.find((name) => !(name in value));
  return missing === undefined ? { value } : undecided({ ...place, name: missing }, "nothing is said of it");
}

function fillText(schema: Schema, place: Place): Filled {
  const most = Number(schema["maxLength"] ?? Number.POSITIVE_INFINITY);
  if ("pattern" in schema || "format" in schema) return undecided(place, "it would have to be of a set form");
  if (/^(title|name|headline)$/i.test(place.name)) return fitting([titleOf(place.reading)], most, place);
  if (/^(model|method|author|source)$/i.test(place.name)) return fitting([localModelName], most, place);
  if (/key.?word|theme|topic|tag/i.test(place.name))
    return fitting([phrasesOf(place.reading, 8).join(", ")], most, place);
  const quotes = quotesFor(place, mostQuotes).map(cited);
  if (quotes.length === 0) return undecided(place, "no text is there to quote");
  const begin = `Quoted by ${localModelName}: `;
  return fitting(
    [begin + quotes.join(" "), begin + quotes.slice(0, 2).join(" "), begin + String(quotes[0]), String(quotes[0])],
    most,
    place,
  );
}

/** The first text that is short enough. */
function fitting(texts: readonly string[], most: number, place: Place): Filled {
  const text = texts.find((one) => one.length > 0 && one.length <= most);
  return text === undefined ? undecided(place, "what could be quoted does not fit") : { value: text };
}

function fillList(schema: Schema, place: Place, depth: number): Filled {
  const most = Math.min(Number(schema["maxItems"] ?? mostItems), Math.max(mostItems, Number(schema["minItems"] ?? 0)));
  const items = resolved((schema["items"] ?? {}) as Schema, place.root) ?? {};
  const values = itemsFor(items, place, most, depth);
  if (!Array.isArray(values)) return values as Filled;
  if (values.length < Number(schema["minItems"] ?? 0)) return undecided(place, "there is too little to quote");
  return { value: values };
}

function itemsFor(items: Schema, place: Place, most: number, depth: number): readonly Json[] | Filled {
  const [type = "string"] = typesOf(items);
  const words = `${place.words} ${textOf(items["description"])}`;
  if (type === "string") {
    if (Array.isArray(items["enum"])) return undecided(place, "it would have to judge");
    if (/key.?word|theme|topic|tag|phrase|term/i.test(place.name)) return phrasesOf(place.reading, most);
    if (/^(sources|citations|references|keys)$/i.test(place.name)) return sourcesOf(place.reading, most);
    return quotesFor({ ...place, words }, most).map(cited);
  }
  if (type !== "object") return undecided(place, "it would have to judge");
  const filled = quotesFor({ ...place, words }, most).map((quote) => objectOf(items, quote, place, depth));
  return filled.find((one) => "problem" in one) ?? filled.flatMap((one) => ("problem" in one ? [] : [one.value]));
}

/** One quotation as an object: its text under the first property that is a text, its source where that is asked for. */
function objectOf(items: Schema, quote: Quote, place: Place, depth: number): Filled {
  const alone: Reading = { ...place.reading, quotes: [quote], sources: [quote.source], phrases: [] };
  const properties = Object.entries((items["properties"] ?? {}) as { readonly [name: string]: Schema });
  const saying =
    /^(text|finding|claim|statement|quote|sentence|point|summary|description|insight|pattern|question|recommendation|result)s?$/i;
  const main = (properties.find(([name]) => saying.test(name)) ??
    properties.find(([, schema]) => typesOf(schema)[0] === "string"))?.[0];
  const value: { [name: string]: Json } = {};
  for (const [name, schema] of properties) {
    const filled: Filled =
      name === main
        ? { value: `“${quote.text}”` }
        : (ofSource(name, schema, quote) ?? fill(schema, { ...place, name, words: "", reading: alone }, depth + 1));
    if (!("problem" in filled)) value[name] = filled.value;
    else if (((items["required"] ?? []) as readonly string[]).includes(name)) return filled;
  }
  return { value };
}

function ofSource(name: string, schema: Schema, { source }: Quote): Filled | undefined {
  const key = source.key ?? source.label;
  if (/^(sources?|citations?|references?|keys?|evidence|cites)$/i.test(name))
    return { value: typesOf(schema)[0] === "array" ? [key] : key };
  if (/^year$/i.test(name) && source.year !== undefined) return { value: source.year };
  if (/^(title|heading)$/i.test(name)) return source.title === undefined ? undefined : { value: source.title };
  return undefined;
}

function fillNumber(schema: Schema, place: Place): Filled {
  const value = countFor(place);
  if (value === undefined) return undecided(place, "it can only count texts, sentences and years");
  const fits = value >= Number(schema["minimum"] ?? value) && value <= Number(schema["maximum"] ?? value);
  return fits ? { value } : undecided(place, "what was counted does not fit");
}

function undecided({ name }: Pick<Place, "name">, why: string): Filled {
  return { problem: `${localModelName} only quotes and counts, and cannot decide ${name}: ${why}` };
}

function typesOf(schema: Schema): readonly string[] {
  const { type } = schema;
  if (typeof type === "string") return [type];
  if (Array.isArray(type)) return type as readonly string[];
  return "properties" in schema ? ["object"] : "items" in schema ? ["array"] : ["string"];
}

function resolved(schema: Schema, root: Schema): Schema | undefined {
  const { $ref } = schema;
  if (typeof $ref !== "string") return schema;
  const parts = $ref
    .replace(/^#\/?/, "")
    .split("/")
    .filter((part) => part !== "");
  let at: unknown = root;
  for (const part of parts) at = (at as { readonly [key: string]: unknown } | undefined)?.[part];
  const found = at as Schema | undefined;
  return found === undefined || "$ref" in found ? undefined : found;
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
