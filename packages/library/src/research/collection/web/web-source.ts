import type { JsonObject } from "@nanobrain/engine";
import { answerRows } from "../api/answer-rows.js";
import { readWebUrl } from "../api/api-source.js";
import type { Collecting, Part, ReadSource } from "../collecting.js";
import { fetchPolitely } from "../fetch-politely.js";
import type { SourceEntry } from "../source-entries.js";
import type { RobotsGate } from "./robots-gate.js";

type Page = Part & JsonObject & { readonly url: string };

/** Reads one page of the web, if the site allows it. Where redirects led is asked too: what may not be fetched is not used. */
export function webSource(gate: RobotsGate): ReadSource {
  return async function* (entry, collecting) {
    const url = readWebUrl(String(entry.given["url"]));
    const delayMs = await gate.enter(url);
    const intervalMs = Math.max(collecting.intervalMs, delayMs ?? 0);
    const page = await collecting.context.effect<Page>(`collect:${entry.id}:1`, () =>
      onePage(entry, url, intervalMs, collecting),
    );
    if (page.url !== url.href) await gate.enter(new URL(page.url));
    yield page;
  };
}

async function onePage(entry: SourceEntry, url: URL, intervalMs: number, collecting: Collecting): Promise<Page> {
  const startMs = performance.now();
  const headers = { accept: "text/html, application/xhtml+xml, */*;q=0.5" };
  const { answer, text, requests } = await fetchPolitely({ url, headers, intervalMs }, collecting);
  const { rows, table } = await answerRows(text, answer.url.href, answer.headers["content-type"], entry.given, "html");
  return {
    rows: rows.slice(0, collecting.config.max_records),
    next: null,
    url: answer.url.href,
    requests,
    bytes: answer.bytes.length,
    ms: Math.round(performance.now() - startMs),
    ...(table === undefined ? {} : { table }),
  };
}
