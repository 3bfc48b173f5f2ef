/** What stands between marks such as `<data origin="x">` and `</data>`, and the words around. */
export type FencedData = { readonly inside: readonly string[]; readonly outside: string };

const opening = /<(data|documents?|context|input|text|source)\b([^<>\n]{0,300})>/g;

/** Takes the marked parts out of a prompt. Where the opening mark has a `fence`, only a closing mark with that word ends the part. */
export function fencedData(text: string): FencedData {
  const inside: string[] = [];
  const outside: string[] = [];
  const unclosed = new Set<string>();
  const marks = new RegExp(opening);
  let at = 0;
  for (let found = marks.exec(text); found !== null; found = marks.exec(text)) {
    const [mark, name = "", attributes = ""] = found;
    const word = /\bfence="(\w+)"/.exec(attributes)?.[1];
    const closing = word === undefined ? `</${name}` : `</${name} ${word}>`;
    const end = unclosed.has(closing) ? -1 : text.indexOf(closing, marks.lastIndex);
    if (end === -1) {
      unclosed.add(closing);
      continue;
    }
    outside.push(text.slice(at, found.index));
    inside.push(text.slice(found.index + mark.length, end));
    const close = text.indexOf(">", end);
    at = close === -1 ? text.length : close + 1;
    marks.lastIndex = at;
  }
  outside.push(text.slice(at));
  return { inside, outside: outside.join("\n") };
}
