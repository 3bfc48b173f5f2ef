import type { CallToolResult, ReadResourceResult } from "@modelcontextprotocol/sdk/types.js";
import { type Blobs, type FileValue, isFileValue, type Json, nanobrainError } from "@nanobrain/engine";

type Block = CallToolResult["content"][number];

/** Texts up to here come with the answer; other files are read by those who want them. */
const inlineBytes = 65_536;
const readableBytes = 16 * 1024 * 1024;

const isText = (mediaType: string): boolean => /^text\/|[/+](json|xml|yaml)$|^application\/x-ndjson$/.test(mediaType);

/** Files among the outputs of runs, which clients of this session may read: those that they were told of. */
export class KeptFiles {
  readonly #blobs: Blobs;
  readonly #told = new Map<string, FileValue>();

  constructor(blobs: Blobs) {
    this.#blobs = blobs;
  }

  /** A block for each file in a value. */
  async blocks(value: Json): Promise<readonly Block[]> {
    const blocks: Block[] = [];
    for (const file of filesIn(value)) {
      const uri = `nanobrain://files/${file.$file}/${encodeURIComponent(file.name)}`;
      this.#told.set(uri, file);
      const { name, media_type: mimeType, size_bytes: size } = file;
      if (size <= inlineBytes && isText(mimeType))
        blocks.push({ type: "resource", resource: await this.#textOf(uri, file) });
      else blocks.push({ type: "resource_link", uri, name, mimeType, size });
    }
    return blocks;
  }

  async read(uri: string): Promise<ReadResourceResult> {
    const file = this.#told.get(uri);
    if (file === undefined) throw nanobrainError("E_USAGE", { problem: `There is no file ${uri} in this session` });
    if (file.size_bytes > readableBytes) {
      const path = await this.#blobs.path(file.$file);
      throw nanobrainError("E_USAGE", { problem: `File ${file.name} is too large to be sent; it is at ${path}` });
    }
    const { media_type: mimeType } = file;
    if (isText(mimeType)) return { contents: [await this.#textOf(uri, file)] };
    const bytes = await this.#blobs.get(file.$file);
    return { contents: [{ uri, mimeType, blob: Buffer.from(bytes).toString("base64") }] };
  }

  list(): readonly { readonly uri: string; readonly name: string; readonly mimeType: string; readonly size: number }[] {
    return [...this.#told].map(([uri, { name, media_type: mimeType, size_bytes: size }]) => ({
      uri,
      name,
      mimeType,
      size,
    }));
  }

  async #textOf(uri: string, file: FileValue): Promise<{ uri: string; mimeType: string; text: string }> {
    const bytes = await this.#blobs.get(file.$file);
    return { uri, mimeType: file.media_type, text: new TextDecoder().decode(bytes) };
  }
}

function filesIn(value: Json): readonly FileValue[] {
  if (isFileValue(value)) return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value as { readonly [key: string]: Json }).flatMap(filesIn);
}
