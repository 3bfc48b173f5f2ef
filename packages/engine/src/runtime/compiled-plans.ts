import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import type { DocumentReader, SourceRecord } from "../document/document.js";
import { packedText, unpacked } from "../plan/packed-json.js";
import type { Plan } from "../plan/plan.js";
import { keepCompiled } from "./keep-compiled.js";

/** A source as it was: its text, the hash of a long one, or null for a file that was not there. */
type KeptSource = { readonly text: string } | { readonly sha256: string } | null;

type Compiled = {
  readonly format: 3;
  /** All that the plan depends on besides its sources, as text. */
  readonly key: string;
  readonly files: { readonly [file: string]: KeptSource };
  readonly environment: SourceRecord["environment"];
  /** A plan, as it is or packed. */
  readonly plan: unknown;
};

/** Longer sources are known by their hash. Shorter ones stand beside the plan: comparing them spares a start from loading `node:crypto`. */
const longestText = 64 * 1024;

export const sha256 = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");

/** The plan that was made of the same sources under the same key, if one is kept in the folder. */
export function readCompiled(folder: string, key: string, reader: DocumentReader): Plan | undefined {
  try {
    const compiled = JSON.parse(readFileSync(pathOf(folder, key), "utf8")) as Compiled;
    const isUsable = compiled.format === 3 && compiled.key === key && isFresh(compiled, reader);
    return isUsable ? (unpacked(compiled.plan) as Plan) : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps nothing when a source has changed since it was read. */
export function writeCompiled(
  folder: string,
  key: string,
  reader: DocumentReader,
  sources: SourceRecord,
  plan: Plan,
): void {
  const files: { [file: string]: KeptSource } = {};
  for (const [file, hash] of Object.entries(sources.files)) {
    const read = reader.read(file);
    const bytes = "bytes" in read ? read.bytes : undefined;
    if ((bytes === undefined ? null : sha256(bytes)) !== hash) return;
    if (bytes === undefined || hash === null) files[file] = null;
    else files[file] = bytes.length > longestText ? { sha256: hash } : { text: textOf(bytes) };
  }
  const compiled: Omit<Compiled, "plan"> = { format: 3, key, files, environment: sources.environment };
  keepCompiled(pathOf(folder, key), `${JSON.stringify(compiled).slice(0, -1)},"plan":${packedText(plan)}}`);
}

/** Two keys of one name are told apart by what stands in the file. */
function pathOf(folder: string, key: string): string {
  const name = crc32(key).toString(16).padStart(8, "0") + crc32(`${key.length} ${key}`).toString(16).padStart(8, "0");
  return join(folder, `${name}.json`);
}

function isFresh(compiled: Compiled, reader: DocumentReader): boolean {
  for (const [file, kept] of Object.entries(compiled.files)) {
    const read = reader.read(file);
    if (!isSame(kept, "bytes" in read ? read.bytes : undefined)) return false;
  }
  return Object.entries(compiled.environment).every(([name, hash]) => {
    const value = reader.environment(name);
    return (value === undefined ? null : sha256(value)) === hash;
  });
}

function isSame(kept: KeptSource, bytes: Uint8Array | undefined): boolean {
  if (kept === null || bytes === undefined) return kept === null && bytes === undefined;
  return "text" in kept ? textOf(bytes) === kept.text : sha256(bytes) === kept.sha256;
}
