/** A condition with its words turned into operators. `offsets[i]` is the place of character `i` of `text` in the source. */
export type Translated = { readonly text: string; readonly offsets: readonly number[] };

type Writer = { text: string; readonly offsets: number[] };

const WORD = /[A-Za-z_][A-Za-z0-9_]*/y;

/**
 * Turns the words `and`, `or`, `not` into `&&`, `||`, `!( )`, outside of text literals, comments and field names.
 * `not` binds looser than a comparison, as its word suggests: `not a == b` is `!(a == b)`; `!` binds as in CEL.
 */
export function translateWords(source: string): Translated {
  const out: Writer = { text: "", offsets: [] };
  /** Open `not`s by bracket level. */
  const open = [0];
  let previous = "";
  let at = 0;
  while (at < source.length) {
    const end = tokenEnd(source, at);
    const token = source.slice(at, end);
    if (endsNot(token)) closeNots(out, open, at);
    if ("([{".includes(token)) open.push(0);
    if (")]}".includes(token) && open.length > 1) open.pop();
    const isField = previous === ".";
    if (token === "not" && !isField) open[open.length - 1] = (open.at(-1) ?? 0) + 1;
    write(out, isField ? token : operatorOf(token), at);
    if (token.trim() !== "" && !token.startsWith("//")) previous = token;
    at = end;
  }
  closeNots(out, open, source.length);
  out.offsets.push(source.length);
  return out;
}

function write(out: Writer, text: string, at: number): void {
  out.text += text;
  for (let i = 0; i < text.length; i++) out.offsets.push(at + i);
}

function closeNots(out: Writer, open: number[], at: number): void {
  const level = open.length - 1;
  for (let left = open[level] ?? 0; left > 0; left--) {
    out.text += ")";
    out.offsets.push(at);
  }
  open[level] = 0;
}

/** Same length as the word, so that places within it stay right. */
function operatorOf(token: string): string {
  if (token === "and") return "&& ";
  if (token === "or") return "||";
  return token === "not" ? "!( " : token;
}

function endsNot(token: string): boolean {
  return ["and", "or", "&&", "||", "?", ":", ",", ")", "]", "}"].includes(token);
}

function tokenEnd(source: string, at: number): number {
  const char = source[at] ?? "";
  if (char === '"' || char === "'") return textEnd(source, at, char);
  if (source.startsWith("//", at)) {
    const newline = source.indexOf("\n", at);
    return newline === -1 ? source.length : newline;
  }
  if (source.startsWith("&&", at) || source.startsWith("||", at)) return at + 2;
  WORD.lastIndex = at;
  return at + (WORD.exec(source)?.[0].length ?? 1);
}

function textEnd(source: string, at: number, quote: string): number {
  const fence = source.startsWith(quote.repeat(3), at) ? quote.repeat(3) : quote;
  for (let i = at + fence.length; i < source.length; i++) {
    if (source[i] === "\\") i++;
    else if (source.startsWith(fence, i)) return i + fence.length;
  }
  return source.length;
}
