import type { Json } from "@nanobrain/engine";
import type { Token } from "markdown-it";

/** The text of an answer, whatever an agent gave. */
export function answerText(answer: Json): string {
  if (typeof answer === "string") return answer;
  const text =
    typeof answer === "object" && answer !== null && !Array.isArray(answer)
      ? (answer as { text?: Json }).text
      : undefined;
  return typeof text === "string" ? text : JSON.stringify(answer, null, 2);
}

/** At most `limit` characters: cut after a sentence if one ends in the last third, else after a word. */
export function shortened(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const room = text.slice(0, limit - 4);
  const sentence = Math.max(...[". ", "! ", "? ", "\n"].map((end) => room.lastIndexOf(end)));
  const at =
    sentence > (limit * 2) / 3 ? sentence + 1 : room.lastIndexOf(" ") > 0 ? room.lastIndexOf(" ") : room.length;
  return `${withoutHalf(room.slice(0, at)).trimEnd()} ...`;
}

/** No half of a character that takes two places. */
function withoutHalf(text: string): string {
  return /[\uD800-\uDBFF]$/.test(text) ? text.slice(0, -1) : text;
}

export async function formatResponse(markdown: string, format: "markdown" | "text" | "html"): Promise<string> {
  const tidy = tidied(markdown);
  if (format === "markdown") return tidy;
  const { default: MarkdownIt } = await import("markdown-it");
  const reader = new MarkdownIt({ html: false, linkify: false });
  // Nothing is fetched because an answer says so.
  reader.disable("image");
  return format === "html" ? reader.render(tidy) : plainText(reader.parse(tidy, {}));
}

function tidied(text: string): string {
  const even = text
    .replace(/\r\n?/g, "\n")
    .replace(/[ \t]+$/gm, "")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
  const fences = even.match(/^ {0,3}```/gm)?.length ?? 0;
  return fences % 2 === 0 ? even : `${even}\n\`\`\``;
}

function plainText(tokens: readonly Token[]): string {
  const blocks: string[] = [];
  const depths: (number | null)[] = [];
  let marker = "";
  for (const token of tokens) {
    if (token.type === "bullet_list_open") depths.push(null);
    if (token.type === "ordered_list_open") depths.push(Number(token.attrGet("start") ?? 1));
    if (/_list_close$/.test(token.type)) depths.pop();
    if (token.type === "list_item_open") {
      const number = depths.at(-1);
      marker = `${"  ".repeat(depths.length - 1)}${typeof number === "number" ? `${number}. ` : "- "}`;
      if (typeof number === "number") depths[depths.length - 1] = number + 1;
    }
    if (token.type === "fence" || token.type === "code_block") blocks.push(token.content.trimEnd());
    if (token.type !== "inline") continue;
    blocks.push(`${marker}${inlineText(token.children ?? [])}`);
    marker = "";
  }
  return blocks.reduce(
    (text, block, at) =>
      `${text}${at === 0 ? "" : /^\s*(-|\d+\.) /.test(block) && /^\s*(-|\d+\.) /.test(blocks[at - 1] ?? "") ? "\n" : "\n\n"}${block}`,
    "",
  );
}

function inlineText(tokens: readonly Token[]): string {
  let text = "";
  const targets: unknown[] = [];
  for (const token of tokens) {
    if (token.type === "text" || token.type === "code_inline") text += token.content;
    if (token.type === "softbreak") text += " ";
    if (token.type === "hardbreak") text += "\n";
    if (token.type === "link_open") targets.push(token.attrGet("href"));
    if (token.type === "link_close") {
      const target = String(targets.pop() ?? "");
      if (target !== "" && !text.endsWith(target)) text += ` (${target})`;
    }
  }
  return text;
}
