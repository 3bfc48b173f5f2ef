/** Recorded bytes as they may have arrived: a stream of events one by one, anything else at once. */
export async function* streamParts(bytes: Uint8Array, mediaType = ""): AsyncGenerator<Uint8Array, void> {
  if (!/^(text\/event-stream|application\/x-ndjson)\b/i.test(mediaType)) {
    if (bytes.byteLength > 0) yield bytes;
    return;
  }
  const end = /^text/i.test(mediaType) ? /\r?\n\r?\n/g : /\n/g;
  const text = Buffer.from(bytes).toString("latin1");
  let from = 0;
  for (const { index, 0: found } of text.matchAll(end)) {
    const to = index + found.length;
    yield bytes.subarray(from, to);
    from = to;
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (from < bytes.byteLength) yield bytes.subarray(from);
}
