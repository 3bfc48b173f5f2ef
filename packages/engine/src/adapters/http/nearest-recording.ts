import { nanobrainError } from "../../errors/nanobrain-error.js";
import type { RecordedRequest } from "./recording.js";

/** E_RECORDING with the recorded request that is most like the one that is missing. */
export function notRecorded(folder: string, known: readonly RecordedRequest[], asked: RecordedRequest): Error {
  const near = nearestOf(asked, known);
  const what =
    near === undefined ? `${folder} has no recordings` : `the nearest is ${shown(near)}: ${difference(asked, near)}`;
  return nanobrainError("E_RECORDING", { request: shown(asked), folder, what });
}

const shown = ({ method, url }: RecordedRequest): string => `${method} ${url}`;

/** Most in common: the address up to its parameters counts most, then the method, the parameters, the body. */
function nearestOf(asked: RecordedRequest, known: readonly RecordedRequest[]): RecordedRequest | undefined {
  let best: RecordedRequest | undefined;
  let most = -1;
  for (const request of known) {
    const score = likeness(asked, request);
    if (score <= most) continue;
    best = request;
    most = score;
  }
  return best;
}

function likeness(asked: RecordedRequest, other: RecordedRequest): number {
  const [one, two] = [new URL(asked.url), new URL(other.url)];
  const equal = [
    one.host === two.host ? 8 : 0,
    one.host === two.host && one.pathname === two.pathname ? 8 : 0,
    asked.method === other.method ? 4 : 0,
    one.search === two.search ? 2 : 0,
    commonStart(bodyText(asked), bodyText(other)),
  ];
  return equal.reduce((sum, part) => sum + part, 0);
}

/** How much of the longer text both begin with, 0 to 1. */
function commonStart(one: string, two: string): number {
  let at = 0;
  while (at < one.length && one[at] === two[at]) at++;
  return at / Math.max(one.length, two.length, 1);
}

function difference(asked: RecordedRequest, near: RecordedRequest): string {
  if (asked.method !== near.method) return "another method";
  if (asked.url !== near.url) return "another address";
  const [sent, recorded] = [bodyText(asked), bodyText(near)];
  return `another body: ${around(sent, recorded)} is sent, ${around(recorded, sent)} was recorded`;
}

function bodyText({ body }: RecordedRequest): string {
  if (body === undefined) return "none";
  if (body === "any") return "any";
  if ("json" in body) return JSON.stringify(body.json);
  return "text" in body ? body.text : `${body.base64.length} characters of base64`;
}

const shownLength = 200;

/** The text from a little before the place where it begins to differ. */
function around(text: string, other: string): string {
  if (text.length <= shownLength) return text;
  let at = 0;
  while (at < text.length && text[at] === other[at]) at++;
  const from = Math.max(0, at - 40);
  const end = from + shownLength;
  return `${from > 0 ? "... " : ""}${text.slice(from, end)}${end < text.length ? " ..." : ""}`;
}
