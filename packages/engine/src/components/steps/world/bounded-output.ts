import type { ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

type Flood = { readonly status: "flooded"; readonly stream: "stdout" | "stderr" };

/** What a program writes, up to a limit. */
export type BoundedOutput = {
  /** Resolves when one of the streams passes the limit; else never. */
  readonly flooded: Promise<Flood>;
  readonly floodedStream: () => Flood | undefined;
  readonly taken: () => { readonly stdout: Buffer; readonly stderr: Buffer };
};

const maxLineLength = 4_000;

/** Takes both streams of a program. Beyond `limitBytes` of one of them nothing more is held. */
export function boundedOutput(
  child: ChildProcess,
  limitBytes: number,
  onErrorLine: ((line: string, isPiece: boolean) => void) | undefined,
): BoundedOutput {
  let flood: Flood | undefined;
  let tell = (_flood: Flood): void => undefined;
  const flooded = new Promise<Flood>((resolve) => {
    tell = resolve;
  });
  const take = (stream: Flood["stream"]): (() => Buffer) =>
    collect(child[stream], limitBytes, () => {
      flood ??= { status: "flooded", stream };
      tell(flood);
    });
  const stdout = take("stdout");
  const stderr = take("stderr");
  if (onErrorLine !== undefined) eachLine(child.stderr, onErrorLine);
  return { flooded, floodedStream: () => flood, taken: () => ({ stdout: stdout(), stderr: stderr() }) };
}

function collect(stream: Readable | null, limitBytes: number, onFlood: () => void): () => Buffer {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  stream?.on("data", (chunk: Buffer) => {
    sizeBytes += chunk.length;
    if (sizeBytes <= limitBytes) chunks.push(chunk);
    else onFlood();
  });
  stream?.on("error", () => undefined);
  return () => Buffer.concat(chunks);
}

/** Lines without their end; long ones are cut into pieces. The last one needs no end. */
export function eachLine(stream: Readable | null, onLine: (line: string, isPiece: boolean) => void): void {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  let isPiece = false;
  stream?.on("data", (chunk: Buffer) => {
    const lines = (rest + decoder.write(chunk)).split(/\r?\n/);
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const cut = pieces(line);
      for (const piece of cut) if (piece !== "") onLine(piece, isPiece || cut.length > 1);
      isPiece = false;
    }
    if (rest.length <= maxLineLength) return;
    for (const piece of pieces(rest.slice(0, -1))) onLine(piece, true);
    rest = rest.slice(-1);
    isPiece = true;
  });
  stream?.on("end", () => {
    if (rest !== "") onLine(rest, isPiece);
  });
}

function pieces(line: string): readonly string[] {
  if (line.length <= maxLineLength) return [line];
  return Array.from({ length: Math.ceil(line.length / maxLineLength) }, (_, index) =>
    line.slice(index * maxLineLength, (index + 1) * maxLineLength),
  );
}
