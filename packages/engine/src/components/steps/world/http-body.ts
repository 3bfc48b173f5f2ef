import type { IncomingMessage } from "node:http";
import { pipeline, type Readable, type Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { nanobrainError } from "../../../errors/nanobrain-error.js";
import { shownUrl } from "./http-address.js";

/** Content encodings asked for. */
export const acceptedEncodings = "gzip, br";

/**
 * The bytes of an answer, decompressed. More than `limitBytes`, before or after decompressing, throws E_HTTP_LIMIT and cuts
 * the connection. `onBytes` is called whenever some arrive.
 */
export async function readBody(
  answer: IncomingMessage,
  url: URL,
  limitBytes: number,
  onBytes: () => void,
): Promise<Uint8Array> {
  const tooLarge = nanobrainError("E_HTTP_LIMIT", { url: shownUrl(url), limitBytes });
  let arrivedBytes = 0;
  answer.on("data", (chunk: Buffer) => {
    arrivedBytes += chunk.length;
    if (arrivedBytes > limitBytes) answer.destroy(tooLarge);
    else onBytes();
  });
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  try {
    for await (const chunk of decoded(answer, url) as AsyncIterable<Buffer>) {
      sizeBytes += chunk.length;
      if (sizeBytes > limitBytes) throw tooLarge;
      chunks.push(chunk);
    }
  } finally {
    answer.destroy();
  }
  return Buffer.concat(chunks);
}

function decoded(answer: IncomingMessage, url: URL): Readable {
  const encoding = (answer.headers["content-encoding"] ?? "identity").trim().toLowerCase();
  if (encoding === "identity" || encoding === "") return answer;
  const decoder = decoderOf(encoding);
  if (decoder === undefined) {
    const what = `its content encoding ${encoding.slice(0, 40)} is not known`;
    throw nanobrainError("E_HTTP_BODY", { url: shownUrl(url), what });
  }
  // The reader of the decoder sees the error of either.
  pipeline(answer, decoder, () => undefined);
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
