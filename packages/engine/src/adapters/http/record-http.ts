import type { Http, HttpAnswer, HttpRecordings, HttpStream, HttpSurroundings, OpenHttp } from "../../contracts/http.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import { type GuardedRequest, guardedOpen, wholeAnswer } from "../../network/guarded-fetch.js";
import { readUrl } from "../../network/http-address.js";
import { guardedRequest } from "./guarded-http.js";
import { notRecorded } from "./nearest-recording.js";
import type { OlderFiles } from "./open-http.js";
import { answerOf, anyBodyKey, keyOf, type RecordedRequest, recordedAnswer, recordedRequest } from "./recording.js";
import { addAnswer, type KnownRecording, olderFiles, readRecordings } from "./recording-files.js";
import { streamParts } from "./stream-parts.js";

export type RecordHttpOptions = {
  /**
   * `replay` (default): answers from the folder only; what is not there fails. `record`: asks the services and writes the
   * answers. `auto`: answers from the folder, else records.
   */
  readonly mode?: HttpRecordings["mode"];
};

/** HTTP out of a folder: `createTestRuntime({ http: recordHttp("recordings") })`. */
export type RecordedHttp = HttpRecordings & {
  /** Requests so far of this process, as they are recorded; those of threads and other processes are not among them. */
  readonly requests: readonly RecordedRequest[];
  readonly open: OpenHttp;
};

type Recorder = {
  readonly folder: string;
  readonly mode: HttpRecordings["mode"];
  readonly known: ReadonlyMap<string, KnownRecording>;
  readonly older: OlderFiles;
  /** Answers given so far, by request. */
  readonly given: Map<string, number>;
  /** Requests recorded since this recorder began: they are asked again. */
  readonly fresh: Set<string>;
  readonly requests: RecordedRequest[];
};

/**
 * Requests are the same if method, address and body are; headers do not count, nor white space and the order of keys of a JSON body.
 * A request that is repeated gets its answers in order, the last one again and again. Files are JSON that one may read and
 * commit: values of secrets and of secret-looking headers, parameters and fields are hidden in them, so a request is found
 * whatever the secret is. Broken connections are not recorded, nor answers that are not read to their end.
 */
export function recordHttp(
  folder: string,
  options: RecordHttpOptions & { readonly older?: OlderFiles } = {},
): RecordedHttp {
  const { mode = "replay" } = options;
  const older = options.older ?? (mode === "record" ? olderFiles(folder) : {});
  const known = readRecordings(folder);
  const recorder: Recorder = { folder, mode, known, older, given: new Map(), fresh: new Set(), requests: [] };
  return { folder, mode, requests: recorder.requests, open: (around) => httpBy(recorder, around) };
}

function httpBy(recorder: Recorder, around: HttpSurroundings): Http {
  const open = (request: Parameters<Http["open"]>[0]): Promise<HttpStream> =>
    opened(recorder, guardedRequest(request, around));
  return { open, fetch: async (request) => wholeAnswer(await open(request)) };
}

async function opened(recorder: Recorder, request: GuardedRequest): Promise<HttpStream> {
  readUrl(request.url);
  request.signal.throwIfAborted();
  const asked = recordedRequest(request);
  recorder.requests.push(asked);
  const found = recorder.mode === "record" ? undefined : foundIn(recorder, asked);
  if (found !== undefined) return replayed(recorder, found);
  if (recorder.mode === "replay")
    throw notRecorded(
      recorder.folder,
      [...recorder.known.values()].map((one) => one.request),
      asked,
    );
  return recording(recorder, asked, await guardedOpen(request), request.secrets);
}

function foundIn({ known, fresh }: Recorder, asked: RecordedRequest): KnownRecording | undefined {
  return fresh.has(keyOf(asked)) ? undefined : (known.get(keyOf(asked)) ?? known.get(anyBodyKey(asked)));
}

function replayed({ given }: Recorder, { request, answers }: KnownRecording): HttpStream {
  const key = keyOf(request);
  const number = given.get(key) ?? 0;
  given.set(key, number + 1);
  const answer = answers[Math.min(number, answers.length - 1)];
  if (answer === undefined)
    throw nanobrainError("E_USAGE", { problem: `A recording of ${request.url} has no answers` });
  const { bytes, ...head } = answerOf(answer);
  return { ...head, isReplayed: true, body: streamParts(bytes, head.headers["content-type"]) };
}

/** The answer, which is written when its last part has come. */
function recording(
  recorder: Recorder,
  asked: RecordedRequest,
  { body, ...head }: HttpStream,
  secrets: readonly string[],
): HttpStream {
  const keep = async (parts: readonly Uint8Array[]): Promise<void> => {
    const answer: HttpAnswer = { ...head, bytes: Buffer.concat(parts) };
    recorder.fresh.add(keyOf(asked));
    const path = recorder.known.get(keyOf(asked))?.path;
    await addAnswer(recorder.folder, recorder.older, path, asked, recordedAnswer(answer, secrets));
  };
  return { ...head, body: kept(body, keep) };
}

async function* kept(
  body: AsyncIterable<Uint8Array>,
  keep: (parts: readonly Uint8Array[]) => Promise<void>,
): AsyncGenerator<Uint8Array, void> {
  const parts: Uint8Array[] = [];
  for await (const part of body) {
    parts.push(part);
    yield part;
  }
  await keep(parts);
}
