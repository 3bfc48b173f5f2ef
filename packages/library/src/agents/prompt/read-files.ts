import { type FileValue, isFileValue, type Json, type JsonObject, type StepContext } from "@nanobrain/engine";

/** Larger files are not read: a model could not take them in. */
const mostBytes = 4 * 1024 * 1024;
const mostFiles = 100;

export type ReadInputs = { readonly inputs: { readonly [port: string]: Json }; readonly notes: readonly string[] };

/**
 * The inputs as a model can take them: a file that is text is its text, within lists and maps `{ name, text }`. Of each file that cannot
 * be read a note says why; the model is told its name.
 */
export async function readFiles(
  inputs: { readonly [port: string]: Json },
  context: Pick<StepContext, "read">,
): Promise<ReadInputs> {
  const notes: string[] = [];
  let left = mostFiles;
  const read = async (value: Json, isWhole: boolean): Promise<Json> => {
    if (typeof value !== "object" || value === null) return value;
    if (isFileValue(value)) {
      const found =
        left-- > 0 ? await textOf(value, context) : { problem: `more than ${mostFiles} files are not read` };
      if ("text" in found) return isWhole ? found.text : { name: value.name, text: found.text };
      notes.push(`The agent cannot read file ${value.name}: ${found.problem}.`);
      return { name: value.name, media_type: value.media_type, not_readable: found.problem };
    }
    if (Array.isArray(value)) return Promise.all(value.map((one: Json) => read(one, false)));
    const members = Object.entries(value as JsonObject);
    return Object.fromEntries(
      await Promise.all(members.map(async ([key, one]) => [key, await read(one, false)] as const)),
    );
  };
  const entries = Object.entries(inputs).map(async ([port, value]) => [port, await read(value, true)] as const);
  return { inputs: Object.fromEntries(await Promise.all(entries)), notes };
}

type Found = { readonly text: string } | { readonly problem: string };

async function textOf(file: FileValue, context: Pick<StepContext, "read">): Promise<Found> {
  if (file.size_bytes > mostBytes) return { problem: `it has ${file.size_bytes} bytes, ${mostBytes} at most are read` };
  const bytes = await context.read(file);
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return text.includes("\0") ? { problem: noText(file) } : { text };
  } catch {
    return { problem: noText(file) };
  }
}

const noText = ({ media_type }: FileValue): string =>
  `it is no text (${media_type}); a step before can make text of it, such as a CommandStep`;
