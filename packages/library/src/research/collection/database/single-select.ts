/**
 * A query without its last semicolon, or what is wrong with it: one SELECT, VALUES or WITH, nothing behind it. Quoted texts, names
 * and comments are passed over. Whether a WITH only reads is left to the database, which is asked to read only.
 */
export function singleSelect(sql: string): { readonly query: string } | { readonly problem: string } {
  const end = statementEnd(sql);
  if (end === undefined) return { problem: "a quote or comment is never closed" };
  const rest = sql.slice(end + 1);
  if (end < sql.length && bare(rest) !== "") return { problem: "there is more than one statement" };
  const query = sql.slice(0, end).trim();
  const [first = ""] = /^[a-z]+/i.exec(bare(query).replace(/^[\s(]+/, "")) ?? [];
  if (!["select", "with", "values"].includes(first.toLowerCase()))
    return { problem: `it begins with ${first === "" ? "no word" : first.toUpperCase()}: SELECT or WITH is expected` };
  return { query };
}

/** Position of the first semicolon that stands in no quote or comment, or the length. */
function statementEnd(sql: string): number | undefined {
  for (let at = 0; at < sql.length; ) {
    const sign = sql[at] ?? "";
    if (sign === ";") return at;
    const close = closing(sql, at, sign);
    if (close === -1) return undefined;
    at = close;
  }
  return sql.length;
}

/** Position behind what begins at `at`: a quote, a comment or one character. -1: it is never closed. */
function closing(sql: string, at: number, sign: string): number {
  const until = (mark: string, from: number): number => {
    const found = sql.indexOf(mark, from);
    return found === -1 ? -1 : found + mark.length;
  };
  if (sign === "'" || sign === '"' || sign === "`") return until(sign, at + 1);
  if (sql.startsWith("--", at)) return until("\n", at) === -1 ? sql.length : until("\n", at);
  if (sql.startsWith("/*", at)) return until("*/", at + 2);
  const [tag] = sign === "$" ? (/^\$[A-Za-z_]*\$/.exec(sql.slice(at, at + 64)) ?? []) : [];
  return tag === undefined ? at + 1 : until(tag, at + tag.length);
}

/** Without comments and white space around. */
function bare(sql: string): string {
  return sql.replace(/^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)+/, "").trim();
}
