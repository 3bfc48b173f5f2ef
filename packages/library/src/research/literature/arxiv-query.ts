const operators = new Set(["AND", "OR", "ANDNOT"]);

/**
 * Words as arXiv's interface wants them: `viral "protein structure" OR (rna NOT dna)` becomes
 * `all:viral AND all:"protein structure" OR (all:rna ANDNOT all:dna)`. Words with a field, such as `au:jumper`, stay.
 */
export function arxivQuery(words: string): string {
  const parts: string[] = [];
  for (const token of words.match(/[a-z]+:"[^"]*"|"[^"]*"|[()]|[^\s()"]+/gi) ?? []) {
    const part = partOf(token);
    if (part === undefined) continue;
    if (needsAnd(parts.at(-1), part)) parts.push("AND");
    parts.push(part);
  }
  return parts.join(" ").replaceAll("( ", "(").replaceAll(" )", ")");
}

function partOf(token: string): string | undefined {
  if (token === "(" || token === ")" || operators.has(token)) return token;
  if (token === "NOT") return "ANDNOT";
  if (/^(ti|au|abs|co|jr|cat|rn|id|all|submittedDate):./i.test(token)) return token;
  const bare = token.startsWith('"') ? token : token.replace(/[^\p{L}\p{N}_.*?-]+/gu, " ").trim();
  if (bare === "" || bare === '""') return undefined;
  return bare.includes(" ") && !bare.startsWith('"') ? `all:"${bare}"` : `all:${bare}`;
}

function needsAnd(before: string | undefined, part: string): boolean {
  return before !== undefined && before !== "(" && part !== ")" && !operators.has(before) && !operators.has(part);
}
