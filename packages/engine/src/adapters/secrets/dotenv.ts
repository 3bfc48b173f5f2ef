/**
 * The value a `.env` text gives `name`; undefined: none. The last line that names it counts.
 *
 *     # a comment, also behind an unquoted value after a blank
 *     NAME=plain text, blanks at both ends dropped
 *     export NAME="double quoted: \n, \r, \t, \" and \\ are read, and it may go over several lines"
 *     NAME='single quoted: taken as it is, also over several lines'
 *
 * Nothing is replaced inside values: `$OTHER` stays as it is. Lines that fit none of this are ignored.
 */
export function dotenvValue(text: string, name: string): string | undefined {
  let value: string | undefined;
  for (const match of text.matchAll(assignment)) {
    if (match[1] === name) value = readValue(match[2] ?? "");
  }
  return value;
}

const assignment =
  /^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.-]*)[ \t]*=[ \t]*("(?:[^"\\]|\\[\s\S])*"|'[^']*'|[^\r\n]*)/gm;

const escapes: { readonly [letter: string]: string } = { n: "\n", r: "\r", t: "\t" };

function readValue(raw: string): string {
  if (raw.length > 1 && raw.startsWith('"') && raw.endsWith('"')) {
    return raw.slice(1, -1).replace(/\\([nrt"\\])/g, (_whole, letter: string) => escapes[letter] ?? letter);
  }
  if (raw.length > 1 && raw.startsWith("'") && raw.endsWith("'")) return raw.slice(1, -1);
  return raw.replace(/(?:^|[ \t])#.*$/, "").trim();
}
