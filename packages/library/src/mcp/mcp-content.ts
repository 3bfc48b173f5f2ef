import type { Json } from "@nanobrain/engine";

/** What a tool answered: structured content goes before its text, one text before a list of parts. `text`: all of it, for messages and limits. */
export function contentOf(result: { readonly [key: string]: unknown }): {
  readonly value: Json;
  readonly text: string;
} {
  const { structuredContent, content } = result as { readonly structuredContent?: Json; readonly content?: Json };
  const parts = Array.isArray(content) ? (content as readonly Json[]) : [];
  const texts = parts.map(textOf);
  if (structuredContent !== undefined && structuredContent !== null)
    return { value: structuredContent, text: JSON.stringify(structuredContent) };
  const isText = parts.length > 0 && texts.every((text) => text !== undefined);
  const joined = texts.filter((text) => text !== undefined).join("\n");
  if (isText) return { value: joined, text: joined };
  return { value: parts, text: parts.length === 0 ? "" : JSON.stringify(parts) };
}

function textOf(part: Json): string | undefined {
  const { type, text } = (part ?? {}) as { readonly type?: Json; readonly text?: Json };
  return type === "text" && typeof text === "string" ? text : undefined;
}
