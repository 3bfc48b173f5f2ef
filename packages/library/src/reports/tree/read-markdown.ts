import type { Token } from "markdown-it";
import { markdownReader } from "./markdown-rules.js";
import type { Align, Block, Inline } from "./report-tree.js";
import { safeLink } from "./safe-link.js";

/** What is said about marks in the text while it is read, in order of appearance. */
export type MarkReading = {
  /** The line that stands for citations of these keys; undefined: the text stays as it is. */
  cite(keys: readonly string[]): readonly Inline[] | undefined;
  /** The block that a picture `chart:name` stands for. */
  figure(name: string, caption: string): Block | undefined;
};

export type ReadMarkdown = {
  readonly blocks: readonly Block[];
  readonly notes: readonly (readonly Inline[])[];
};

/** Lines of their own that stand for what the report makes itself. */
const places = { "[contents]": "contents", "[references]": "references" } as const;
const depthLimit = 30;

/** Reads Markdown into blocks. HTML in it is text, pictures are the report's own charts, links lead to http, https and mailto. */
export async function readMarkdown(text: string, marks: MarkReading): Promise<ReadMarkdown> {
  const reader = await markdownReader();
  const tokens = reader.parse(text, {});
  return new MarkdownWalk(tokens, marks).read();
}

/** One walk over the tokens of a text. */
class MarkdownWalk {
  readonly #tokens: readonly Token[];
  readonly #marks: MarkReading;
  readonly #noteNames: string[] = [];
  readonly #noteTexts = new Map<string, readonly Inline[]>();
  #at = 0;

  constructor(tokens: readonly Token[], marks: MarkReading) {
    this.#tokens = tokens;
    this.#marks = marks;
  }

  read(): ReadMarkdown {
    for (const [index, token] of this.#tokens.entries())
      if (token.type === "note_text" && typeof token.meta?.name === "string")
        this.#noteTexts.set(token.meta.name, this.#line(this.#tokens[index + 1], false));
    const blocks = this.#blocks("", 0);
    const notes = this.#noteNames.map((name) => this.#noteTexts.get(name) ?? []);
    return { blocks, notes };
  }

  /** Blocks up to a token that closes. */
  #blocks(close: string, depth: number): readonly Block[] {
    const blocks: Block[] = [];
    while (this.#at < this.#tokens.length) {
      const token = this.#tokens[this.#at++];
      if (token === undefined || token.type === close) break;
      if (depth < depthLimit) blocks.push(...this.#block(token, depth));
    }
    return blocks;
  }

  #block(token: Token, depth: number): readonly Block[] {
    switch (token.type) {
      case "heading_open":
        return [
          { kind: "heading", level: Number(token.tag.slice(1)), id: "", children: this.#inside("heading_close") },
        ];
      case "paragraph_open":
        return this.#paragraph();
      case "bullet_list_open":
        return [{ kind: "list", start: null, items: this.#items("bullet_list_close", depth) }];
      case "ordered_list_open":
        return [
          { kind: "list", start: Number(token.attrGet("start") ?? 1), items: this.#items("ordered_list_close", depth) },
        ];
      case "blockquote_open":
        return [{ kind: "quote", blocks: this.#blocks("blockquote_close", depth + 1) }];
      case "fence":
      case "code_block":
        return [{ kind: "code", text: token.content.replace(/\n$/, "") }];
      case "table_open":
        return [this.#table()];
      case "hr":
        return [{ kind: "rule" }];
      case "note_text":
        this.#at++;
        return [];
      default:
        return [];
    }
  }

  #items(close: string, depth: number): readonly (readonly Block[])[] {
    const items: (readonly Block[])[] = [];
    while (this.#at < this.#tokens.length) {
      const token = this.#tokens[this.#at++];
      if (token === undefined || token.type === close) break;
      if (token.type === "list_item_open") items.push(this.#blocks("list_item_close", depth + 1));
    }
    return items;
  }

  /** The line of a block, whose closing token is passed over. */
  #inside(close: string): readonly Inline[] {
    const line = this.#line(this.#tokens[this.#at]);
    while (this.#at < this.#tokens.length && this.#tokens[this.#at]?.type !== close) this.#at++;
    this.#at++;
    return line;
  }

  #paragraph(): readonly Block[] {
    const token = this.#tokens[this.#at];
    const place = places[(token?.content.trim() ?? "") as keyof typeof places];
    const parts = token?.children ?? [];
    const figures = parts.flatMap((part) => (part.type === "image" ? this.#figure(part) : []));
    const children = this.#inside("paragraph_close");
    if (place !== undefined) return [{ kind: place }];
    const onlyFigures = parts.every((part) => part.type === "image" || /^(softbreak|hardbreak)$/.test(part.type));
    if (figures.length > 0 && onlyFigures) return figures;
    return [{ kind: "paragraph", children }, ...figures];
  }

  #figure(token: Token): readonly Block[] {
    const name = /^chart:([\w-]+)$/.exec(String(token.attrGet("src") ?? ""))?.[1];
    const figure = name === undefined ? undefined : this.#marks.figure(name, token.content);
    return figure === undefined ? [] : [figure];
  }

  #table(): Block {
    const rows: (readonly (readonly Inline[])[])[] = [];
    const align: Align[] = [];
    let cells: (readonly Inline[])[] = [];
    for (; this.#at < this.#tokens.length; this.#at++) {
      const token = this.#tokens[this.#at];
      if (token === undefined || token.type === "table_close") break;
      if (token.type === "th_open") align.push(alignOf(token));
      if (token.type === "inline") cells.push(this.#line(token));
      if (token.type !== "tr_close") continue;
      rows.push(cells);
      cells = [];
    }
    this.#at++;
    const [head = [], ...body] = rows;
    return { kind: "table", align, head, rows: body };
  }

  #line(token: Token | undefined, marks = true): readonly Inline[] {
    const open: { readonly kind: Token["type"]; readonly href?: string; readonly children: Inline[] }[] = [
      { kind: "", children: [] },
    ];
    for (const part of token?.children ?? []) {
      if (/^(strong|em|s|link)_open$/.test(part.type))
        open.push({ kind: part.type, href: String(part.attrGet("href") ?? ""), children: [] });
      else if (/^(strong|em|s|link)_close$/.test(part.type)) {
        const done = open.length > 1 ? open.pop() : undefined;
        if (done !== undefined) open.at(-1)?.children.push(...wrapped(done.kind, done.href ?? "", done.children));
      } else open.at(-1)?.children.push(...this.#part(part, marks));
    }
    return joinTexts(open.flatMap((one) => one.children));
  }

  #part(part: Token, marks: boolean): readonly Inline[] {
    switch (part.type) {
      case "text":
      case "text_special":
        return [{ kind: "text", text: part.content }];
      case "code_inline":
        return [{ kind: "code", text: part.content }];
      case "softbreak":
        return [{ kind: "text", text: " " }];
      case "hardbreak":
        return [{ kind: "break" }];
      case "cite":
        return this.#marks.cite((part.meta as { keys: string[] }).keys) ?? [{ kind: "text", text: part.content }];
      case "note":
        return [marks ? this.#note((part.meta as { name: string }).name, part.content) : asText(part)];
      case "image":
        return /^chart:/.test(String(part.attrGet("src") ?? "")) ? [] : [asText(part)];
      default:
        return part.content === "" ? [] : [asText(part)];
    }
  }

  #note(name: string, content: string): Inline {
    if (!this.#noteTexts.has(name)) return { kind: "text", text: content };
    const known = this.#noteNames.indexOf(name);
    return { kind: "note", note: known >= 0 ? known : this.#noteNames.push(name) - 1 };
  }
}

function asText(part: Token): Inline {
  return { kind: "text", text: part.content };
}

function alignOf(token: Token): Align {
  const said = /text-align:(left|center|right)/.exec(String(token.attrGet("style") ?? ""))?.[1];
  return said === "center" || said === "right" ? said : "left";
}

function wrapped(type: string, address: string, children: readonly Inline[]): readonly Inline[] {
  if (type === "strong_open") return [{ kind: "strong", children }];
  if (type === "em_open") return [{ kind: "emphasis", children }];
  if (type === "s_open") return [{ kind: "strike", children }];
  const href = safeLink(address);
  return href === undefined ? children : [{ kind: "link", href, children }];
}

function joinTexts(line: readonly Inline[]): readonly Inline[] {
  const joined: Inline[] = [];
  for (const one of line) {
    const last = joined.at(-1);
    if (one.kind === "text" && last?.kind === "text")
      joined[joined.length - 1] = { kind: "text", text: last.text + one.text };
    else joined.push(one);
  }
  return joined;
}
