import type { Json } from "@nanobrain/engine";
import type { Message } from "../model.js";
import { fencedData } from "./fenced-data.js";
import { findJson } from "./find-json.js";

/** What a conversation gives to quote from, and what it asks. */
export type ReadRequest = {
  readonly question: string;
  readonly data: readonly Json[];
  readonly texts: readonly string[];
};

/** A shorter text of an earlier message is talk, nothing to quote from. */
const leastText = 200;
const leastData = 40;
const mostQuestion = 2000;

/** Marks that prompts put round data; they are no words of it. */
const marks = /^\s*(?:`{3,}\w*|<\/?[a-z][\w-]*(?:\s[^<>\n]{0,200})?>|-{3,}|={3,})\s*$/gim;

/** Reads the conversation: JSON and results of tools are data, long texts are texts, the rest of the last message is the question. */
export function readRequest(messages: readonly Message[]): ReadRequest {
  const last = messages.findLast(({ role }) => role === "user");
  const parts = messages.map((message) => readMessage(message, message === last));
  return {
    question: parts
      .map(({ question }) => question)
      .join("")
      .slice(0, mostQuestion),
    data: parts.flatMap(({ data }) => data),
    texts: parts.flatMap(({ texts }) => texts),
  };
}

const nothing: ReadRequest = { question: "", data: [], texts: [] };

function readMessage(message: Message, isLast: boolean): ReadRequest {
  if (message.role === "tool")
    return typeof message.result === "string"
      ? { ...nothing, texts: [message.result] }
      : { ...nothing, data: [message.result] };
  if (message.role !== "user") return nothing;
  const { inside, outside } = fencedData(message.text);
  const fenced = inside.map(findJson);
  const { values, rest } = findJson(outside);
  const data = [...fenced.flatMap((one) => one.values), ...values];
  const texts = fenced.map((one) => one.rest.trim()).filter((text) => text.length >= leastData);
  const words = rest.replace(marks, "\n").trim();
  if (!isLast) return { question: "", data, texts: words.length >= leastText ? [words, ...texts] : texts };
  if (data.length > 0 || texts.length > 0) return { question: words, data, texts };
  const { question, text } = splitText(words);
  return { question, data, texts: text === "" ? [] : [text] };
}

/** A prompt without data: its first paragraph asks, and the others are what it is about; of one paragraph, nothing is to be quoted. */
function splitText(words: string): { readonly question: string; readonly text: string } {
  const paragraphs = words.split(/\n\s*\n/);
  const [first = ""] = paragraphs;
  const last = paragraphs.at(-1) ?? "";
  if (paragraphs.length < 2) {
    const [line = "", ...lines] = words.split("\n");
    const below = lines.join("\n");
    return below.length >= leastText ? { question: line, text: below } : { question: words, text: "" };
  }
  if (first.length > mostQuestion && last.length < mostQuestion)
    return { question: last, text: paragraphs.slice(0, -1).join("\n\n") };
  return { question: first, text: paragraphs.slice(1).join("\n\n") };
}
