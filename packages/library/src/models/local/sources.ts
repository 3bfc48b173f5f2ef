import type { Json, JsonObject } from "@nanobrain/engine";
import type { ReadRequest } from "./read-request.js";

/** One text that may be quoted. */
export type Source = {
  /** From 1, in the order of the input. */
  readonly number: number;
  /** The key under which the input has it, for citations. */
  readonly key?: string;
  /** What it is called in a list of sources. */
  readonly label: string;
  readonly year?: number;
  readonly title?: string;
  readonly text: string;
  /** Where it was found: `sources` or `source` of a record. */
  readonly origins: readonly string[];
};

type Found = Omit<Source, "number">;

const textKeys = ["abstract", "summary", "text", "content", "body", "description", "full_text"];
const leastLetters = 60;
const deepest = 10;
const most = 20_000;

/** Beside records, shorter texts are remarks about them: notes, warnings, settings. */
const leastBesideRecords = 400;

/** What there is to quote in the data, record by record, and then in the texts. */
export function sourcesOf({ data, texts }: Pick<ReadRequest, "data" | "texts">): readonly Source[] {
  const all: Found[] = [];
  for (const value of data) collect(value, "", all, 0);
  const hasRecords = all.some(({ title }) => title !== undefined);
  const found = all.filter(
    ({ title, text }) => !hasRecords || title !== undefined || text.length >= leastBesideRecords,
  );
  texts.forEach((text, at) => {
    found.push({ label: texts.length === 1 ? "the text" : `text ${at + 1}`, text, origins: [] });
  });
  return distinct(found).map((source, at) => ({ number: at + 1, ...source }));
}

function collect(value: Json, path: string, found: Found[], depth: number): void {
  if (found.length >= most || depth > deepest) return;
  if (typeof value === "string") {
    if (value.length >= leastLetters && /\s/.test(value))
      found.push({ label: path === "" ? "the text" : path, text: value, origins: [] });
  } else if (Array.isArray(value)) {
    value.forEach((item, at) => {
      collect(item, `${path}[${at}]`, found, depth + 1);
    });
  } else if (typeof value === "object" && value !== null) {
    const record = recordOf(value as JsonObject, path);
    if (record !== undefined) found.push(record);
    else
      for (const [key, item] of Object.entries(value))
        collect(item as Json, path === "" ? key : `${path}.${key}`, found, depth + 1);
  }
}

/** A thing with a title, or with a text of some length beside an identifier. */
function recordOf(value: JsonObject, path: string): Found | undefined {
  const title = textIn(value, ["title", "name", "heading"]);
  const texts = textKeys.flatMap((key) => textsOf(value[key]));
  const isWork = "abstract" in value || "doi" in value || "authors" in value || "year" in value || "pmid" in value;
  const text = texts.filter((one) => isWork || one.length >= leastLetters).join("\n\n");
  if (text === "" ? !isWork || title === undefined : title === undefined && !("id" in value)) return undefined;
  const key = textIn(value, ["key", "citation_key"]);
  const id = textIn(value, ["id", "doi", "pmid", "url"]);
  const year = yearOf(value);
  const shown = title ?? id ?? path;
  return {
    ...(key === undefined ? {} : { key }),
    ...(title === undefined ? {} : { title }),
    ...(year === undefined ? {} : { year }),
    label: year === undefined ? shown : `${shown} (${year})`,
    text,
    origins: originsOf(value),
  };
}

function textsOf(value: Json | undefined): readonly string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (typeof value === "object" && value !== null)
    return textKeys.flatMap((key) => textsOf((value as JsonObject)[key] as Json | undefined));
  return [];
}

function textIn(value: JsonObject, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const found = value[key];
    if (typeof found === "string" && found.trim() !== "") return found.trim();
    if (typeof found === "number") return String(found);
  }
  return undefined;
}

function yearOf(value: JsonObject): number | undefined {
  const said = value["year"] ?? value["date"] ?? value["published"] ?? value["publication_date"];
  const year = Number(/^\d{4}/.exec(String(said ?? ""))?.[0]);
  return year >= 1500 && year <= 2200 ? year : undefined;
}

function originsOf(value: JsonObject): readonly string[] {
  const said = value["sources"] ?? value["source"] ?? value["engine"];
  const list = Array.isArray(said) ? said : [said];
  return list.filter((one): one is string => typeof one === "string" && one.length <= 40);
}

/** The same text given twice, as by two inputs, is one. */
function distinct(found: readonly Found[]): readonly Found[] {
  const seen = new Set<string>();
  return found.filter(({ title = "", text }) => {
    const mark = `${title}\n${text}`;
    return seen.has(mark) ? false : seen.add(mark);
  });
}
