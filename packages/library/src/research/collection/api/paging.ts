import { type Json, type JsonObject, nanobrainError } from "@nanobrain/engine";
import { isMap } from "../source-entries.js";
import { atPath } from "./json-path.js";

export type PageSeen = {
  readonly url: URL;
  readonly value: Json;
  readonly link: string | undefined;
  /** Rows of this page, and of all so far, this one included. */
  readonly rows: number;
  readonly rowsSoFar: number;
  /** 1-based. */
  readonly page: number;
};

const known = ["next", "cursor", "parameter", "page_parameter", "first", "offset_parameter", "link_header"];

/**
 * The address of the next page, or undefined. `next`: path of its address; `cursor` and `parameter`: path of a mark, and where to put
 * it; `page_parameter` (from `first`, 1) and `offset_parameter`: counted until a page is empty; `link_header`: the header `link`.
 */
export function nextPage(paging: Json | undefined, seen: PageSeen): URL | undefined {
  if (paging === undefined || paging === null) return undefined;
  if (!isMap(paging)) throw fault("paging must be a map");
  const unknown = Object.keys(paging).find((key) => !known.includes(key));
  if (unknown !== undefined) throw fault(`paging has ${JSON.stringify(unknown)}; it knows ${known.join(", ")}`);
  if (seen.rows === 0) return undefined;
  const target = addressed(paging, seen) ?? counted(paging, seen);
  if (target === undefined || target.href === seen.url.href) return undefined;
  // A service may lead on to its own pages only.
  if (target.host !== seen.url.host)
    throw nanobrainError("E_COLLECT_ANSWER", {
      url: seen.url.href,
      what: `its next page is on another host, ${target.host}`,
    });
  return target;
}

const fault = (problem: string): Error => nanobrainError("E_COLLECT_SOURCES", { problem });

function addressed(paging: JsonObject, { url, value, link }: PageSeen): URL | undefined {
  const { next, cursor, parameter, link_header } = paging;
  if (link_header === true) {
    const found = /<([^>]{1,4000})>\s*;[^,]*\brel\s*=\s*"?next\b/i.exec(link ?? "")?.[1];
    return found === undefined ? undefined : readAddress(found, url);
  }
  if (typeof next === "string") {
    const found = atPath(value, next);
    return typeof found === "string" && found !== "" ? readAddress(found, url) : undefined;
  }
  if (typeof cursor !== "string") return undefined;
  if (typeof parameter !== "string") throw fault("paging by cursor needs `parameter`, where to put it");
  const mark = atPath(value, cursor);
  return mark === undefined || mark === null || mark === "" ? undefined : withParameter(url, parameter, String(mark));
}

function counted({ page_parameter, first, offset_parameter }: JsonObject, seen: PageSeen): URL | undefined {
  if (typeof page_parameter === "string")
    return withParameter(seen.url, page_parameter, String((typeof first === "number" ? first : 1) + seen.page));
  return typeof offset_parameter === "string"
    ? withParameter(seen.url, offset_parameter, String(seen.rowsSoFar))
    : undefined;
}

function readAddress(text: string, base: URL): URL {
  if (!URL.canParse(text, base.href))
    throw nanobrainError("E_COLLECT_ANSWER", { url: base.href, what: "the address of its next page cannot be read" });
  return new URL(text, base);
}

function withParameter(url: URL, name: string, value: string): URL {
  const made = new URL(url);
  made.searchParams.set(name, value);
  return made;
}
