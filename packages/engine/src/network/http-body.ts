import type { IncomingMessage } from "node:http";
import { pipeline, type Readable, Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { nanobrainError } from "../errors/nanobrain-error.js";
import { shownUrl } from "./http-address.js";
import { connectionFault } from "./http-faults.js";
import type { Patience } from "./patience.js";

/** Content encodings asked for. */
export const acceptedEncodings = "gzip, br";

export type BodyLimits = {
  /** Before and after decompressing. */
  readonly limitBytes: number;
  readonly idleTimeoutMs: number;
  readonly patience: Patience;
};

/**
 * The parts of an answer as they arrive, decompressed. More than `limitBytes`, before or after decompressing, throws E_HTTP_LIMIT
 * and cuts the connection. Only the waits for the service count as idle, not the time that the reader takes. The patience ends with it.
 */
export function bodyParts(answer: IncomingMessage, url: URL, limits: BodyLimits): AsyncIterable<Uint8Array> {
  const { patience } = limits;
  answer.on("error", () => undefined);
  const cut = (): void => {
    answer.destroy(patience.reason());
    patience.stop();
  };
  if (patience.signal.aborted) cut();
  patience.signal.addEventListener("abort", cut, { once: true });
  return read(answer, url, limits);
}

async function* read(
  answer: IncomingMessage,
  url: URL,
  { limitBytes, idleTimeoutMs, patience }: BodyLimits,
): AsyncGenerator<Uint8Array, void> {
  const tooLarge = nanobrainError("E_HTTP_LIMIT", { url: shownUrl(url), limitBytes });
  let isWaiting = false;
  const awaitMore = (): void => {
    if (isWaiting) patience.waitFor("the next part of its answer", idleTimeoutMs, shownUrl(url));
  };
  let arrivedBytes = 0;
  const arrived = (bytes: number): Error | undefined => {
    arrivedBytes += bytes;
    awaitMore();
    return arrivedBytes > limitBytes ? tooLarge : undefined;
  };
  let sizeBytes = 0;
  try {
    const parts = decoded(answer, url, arrived)[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    for (;;) {
      isWaiting = true;
      awaitMore();
      const next = await patience.orAborted(parts.next());
      isWaiting = false;
      patience.rest();
      if (next.done === true) return;
      sizeBytes += next.value.length;
      if (sizeBytes > limitBytes) throw tooLarge;
      yield next.value;
    }
  } catch (error) {
    throw patience.reason() ?? connectionFault(url, error);
  } finally {
    answer.destroy();
    patience.stop();
  }
}

type Arrived = (bytes: number) => Error | undefined;

function decoded(answer: IncomingMessage, url: URL, arrived: Arrived): Readable {
  const encoding = (answer.headers["content-encoding"] ?? "identity").trim().toLowerCase();
  if (encoding === "identity" || encoding === "") return answer;
  const decoder = decoderOf(encoding);
  if (decoder === undefined) {
    const what = `its content encoding ${encoding.slice(0, 40)} is not known`;
    throw nanobrainError("E_HTTP_BODY", { url: shownUrl(url), what });
  }
  const counter = new Transform({
    transform: (chunk: Buffer, _encoding, done) => done(arrived(chunk.length) ?? null, chunk),
  });
  // The reader of the decoder sees the error of any.
  pipeline(answer, counter, decoder, () => undefined);
  return decoder;
}

function decoderOf(encoding: string): Transform | undefined {
  switch (encoding) {
    case "gzip":
    case "x-gzip":
      return createGunzip();
    case "deflate":
      return createInflate();
    case "br":
      return createBrotliDecompress();
    default:
      return undefined;
  }
}
