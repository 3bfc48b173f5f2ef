import type { MarkdownIt, StateBlock, StateInline } from "markdown-it";
import { safeLink } from "./safe-link.js";

type Inline = (state: StateInline, silent: boolean) => boolean;
type Block = (state: StateBlock, line: number, end: number, silent: boolean) => boolean;

const citation = /^\[(?:@[\p{L}\p{N}_][\p{L}\p{N}_:.+/-]*)(?:\s*;\s*@[\p{L}\p{N}_][\p{L}\p{N}_:.+/-]*)*\]/u;
const noteMark = /^\[\^([\p{L}\p{N}_-]{1,40})\]/u;
const noteText = /^\[\^([\p{L}\p{N}_-]{1,40})\]:\s+(.*)$/u;
/** Longest mark or group of citations. */
const markLength = 2_000;

/** `[@smith2020; @li2021]`: keys in `meta.keys`. */
const cite: Inline = (state, silent) => {
  if (!state.src.startsWith("[@", state.pos)) return false;
  const found = citation.exec(state.src.slice(state.pos, state.pos + markLength));
  if (found === null) return false;
  if (!silent) {
    const token = state.push("cite", "", 0);
    token.content = found[0];
    token.meta = { keys: found[0].match(/[^[\]@;\s]+/gu) ?? [] };
  }
  state.pos += found[0].length;
  return true;
};

/** `[^name]`. */
const note: Inline = (state, silent) => {
  if (!state.src.startsWith("[^", state.pos)) return false;
  const found = noteMark.exec(state.src.slice(state.pos, state.pos + markLength));
  if (found === null) return false;
  if (!silent) {
    const token = state.push("note", "", 0);
    token.content = found[0];
    token.meta = { name: found[1] };
  }
  state.pos += found[0].length;
  return true;
};

/** `[^name]: what it says`, on a line of its own. */
const noteBody: Block = (state, line, _end, silent) => {
  const start = (state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0);
  const found = noteText.exec(state.src.slice(start, state.eMarks[line]));
  if (found === null) return false;
  if (silent) return true;
  const open = state.push("note_text", "", 0);
  open.meta = { name: found[1] };
  const inside = state.push("inline", "", 0);
  inside.content = found[2] ?? "";
  inside.children = [];
  state.line = line + 1;
  return true;
};

/** Markdown without HTML, with tables, footnotes and citations; addresses of other schemes are no links. */
export async function markdownReader(): Promise<MarkdownIt> {
  const { default: Reader } = await import("markdown-it");
  const reader = new Reader({ html: false, linkify: false, typographer: false, maxNesting: 40 });
  reader.validateLink = (address) => /^chart:[\w-]{1,80}$/.test(address) || safeLink(address) !== undefined;
  reader.inline.ruler.before("link", "note", note);
  reader.inline.ruler.before("link", "cite", cite);
  reader.block.ruler.before("reference", "note_text", noteBody, { alt: ["paragraph", "reference"] });
  return reader;
}
