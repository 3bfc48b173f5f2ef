import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type GuardedAnswer, type GuardedRequest, guardedFetch } from "../../components/steps/world/guarded-fetch.js";
import { readUrl } from "../../components/steps/world/http-address.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import {
  answerOf,
  fileNameOf,
  keyOf,
  type RecordedRequest,
  type Recording,
  recordedAnswer,
  recordedRequest,
} from "./recording.js";

export type RecordHttpOptions = {
  /**
   * `replay` (default): answers from the folder only; what is not there fails. `record`: asks the services and writes the
   * answers. `auto`: answers from the folder, else records.
   */
  readonly mode?: "replay" | "record" | "auto";
};

/** Answers for HttpStep out of a folder: `createTestRuntime({ http: recordHttp("recordings") })`. */
export type RecordedHttp = {
  fetch(request: GuardedRequest): Promise<GuardedAnswer>;
  /** Requests so far, as they are recorded. */
  readonly requests: readonly RecordedRequest[];
};

type Recorder = {
  readonly folder: string;
  readonly known: Map<string, Recording>;
  /** Answers given so far, by request. */
  readonly given: Map<string, number>;
  /** Requests recorded since this recorder began: their answers are added, those of earlier times replaced. */
  readonly fresh: Set<string>;
};

/**
 * Requests are the same if method, address and body are; a request that is repeated gets its answers in order, the last one
 * again and again. Files are JSON that one may read and commit: values of secrets and of secret-looking headers, parameters and
 * fields are hidden in them, so a request is found whatever the secret is. Broken connections are not recorded.
 */
export function recordHttp(folder: string, options: RecordHttpOptions = {}): RecordedHttp {
  const mode = options.mode ?? "replay";
  const recorder: Recorder = { folder, known: readAll(folder), given: new Map(), fresh: new Set() };
  const requests: RecordedRequest[] = [];
  return {
    requests,
    async fetch(request) {
      readUrl(request.url);
      const asked = recordedRequest(request);
      requests.push(asked);
      const found = mode === "record" ? undefined : recorder.known.get(keyOf(asked));
      if (found !== undefined && !recorder.fresh.has(keyOf(asked))) return replayed(recorder, found);
      if (mode === "replay") throw missing(recorder, asked);
      const answer = await guardedFetch(request);
      record(recorder, asked, recordedAnswer(answer, request.secrets));
      return answer;
    },
  };
}

function replayed({ given }: Recorder, recording: Recording): GuardedAnswer {
  const key = keyOf(recording.request);
  const number = given.get(key) ?? 0;
  given.set(key, number + 1);
  const answer = recording.answers[Math.min(number, recording.answers.length - 1)];
  if (answer === undefined)
    throw nanobrainError("E_USAGE", { problem: `A recording of ${recording.request.url} has no answers` });
  return answerOf(answer);
}

function record(
  { folder, known, fresh }: Recorder,
  request: RecordedRequest,
  answer: Recording["answers"][number],
): void {
  const key = keyOf(request);
  const earlier = fresh.has(key) ? (known.get(key)?.answers ?? []) : [];
  const recording: Recording = { format: 1, request, answers: [...earlier, answer] };
  known.set(key, recording);
  fresh.add(key);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, fileNameOf(request)), `${JSON.stringify(recording, null, 2)}\n`);
}

function readAll(folder: string): Map<string, Recording> {
  const known = new Map<string, Recording>();
  for (const name of namesIn(folder)) {
    const recording = readRecording(join(folder, name));
    known.set(keyOf(recording.request), recording);
  }
  return known;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(".json"))
      .sort();
  } catch {
    return [];
  }
}

function readRecording(path: string): Recording {
  let problem = "it is no recording of format 1";
  try {
    const recording = JSON.parse(readFileSync(path, "utf8")) as Partial<Recording>;
    if (recording.format === 1 && recording.request !== undefined && Array.isArray(recording.answers))
      return recording as Recording;
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
  }
  throw nanobrainError("E_USAGE", { problem: `Cannot read the recording ${path}: ${problem}` });
}

function missing({ folder, known }: Recorder, asked: RecordedRequest): Error {
  const near = nearestOf(asked, [...known.values()]);
  const what =
    near === undefined ? `${folder} has no recordings` : `the nearest is ${shown(near)}: ${difference(asked, near)}`;
  return nanobrainError("E_RECORDING", { request: shown(asked), folder, what });
}

const shown = ({ method, url }: RecordedRequest): string => `${method} ${url}`;

/** Most in common: the address up to its parameters counts most, then the method, the parameters, the body. */
function nearestOf(asked: RecordedRequest, known: readonly Recording[]): RecordedRequest | undefined {
  let best: RecordedRequest | undefined;
  let most = -1;
  for (const { request } of known) {
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
    asked.body_hash === other.body_hash ? 1 : 0,
  ];
  return equal.reduce((sum, part) => sum + part, 0);
}

function difference(asked: RecordedRequest, near: RecordedRequest): string {
  if (asked.method !== near.method) return "another method";
  if (asked.url !== near.url) return "another address";
  return `another body: ${bodyText(asked)} is sent, ${bodyText(near)} was recorded`;
}

function bodyText({ body }: RecordedRequest): string {
  if (body === undefined) return "none";
  const text = "text" in body ? body.text : `${body.base64.length} characters of base64`;
  return text.length > 200 ? `${text.slice(0, 200)} ...` : text;
}
