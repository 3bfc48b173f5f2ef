/** A pattern over paths with `/`: `*` and `?` inside a name, `[a-z]`, `{a,b}`, `**` for any number of folders. */
export type GlobPattern = {
  /** Whether the pattern matches a path from the folder where the search starts. */
  readonly matches: (path: string) => boolean;
  /** Whether something below a folder (its path) could match. */
  readonly mayMatchBelow: (folder: string) => boolean;
};

const maxAlternatives = 64;

/** Whether a text is a pattern, and not just a name. */
export function isGlob(text: string): boolean {
  return /[*?[{]/.test(text);
}

/** Reads a pattern; undefined when its braces stand for too many patterns. Matching takes time in proportion to pattern times path. */
export function globPattern(text: string): GlobPattern | undefined {
  const alternatives = expandBraces(text);
  if (alternatives === undefined) return undefined;
  const split = alternatives.map((alternative) => alternative.split("/").filter((part) => part !== "" && part !== "."));
  return {
    matches: (path) => split.some((parts) => reached(parts, path.split("/")).has(parts.length)),
    mayMatchBelow: (folder) =>
      split.some((parts) =>
        [...reached(parts, folder === "" ? [] : folder.split("/"))].some((at) => at < parts.length),
      ),
  };
}

function expandBraces(text: string): readonly string[] | undefined {
  let found: readonly string[] = [text];
  for (let round = 0; round <= maxAlternatives; round++) {
    if (found.length > maxAlternatives) return undefined;
    const next = found.flatMap((alternative) => {
      const [whole, inner] = /\{([^{}]*,[^{}]*)\}/.exec(alternative) ?? [];
      if (whole === undefined || inner === undefined) return [alternative];
      return inner.split(",").map((choice) => alternative.replace(whole, () => choice));
    });
    if (next.length === found.length) return found;
    found = next;
  }
  return undefined;
}

/** How many parts of the pattern these names can use up: a set, as `**` leaves a choice. */
function reached(parts: readonly string[], names: readonly string[]): ReadonlySet<number> {
  let positions = skipping(parts, new Set([0]));
  for (const name of names) {
    const next = new Set<number>();
    for (const at of positions) for (const after of usedUp(parts, at, name)) next.add(after);
    positions = skipping(parts, next);
  }
  return positions;
}

/** Where one name leads from one part. */
function usedUp(parts: readonly string[], at: number, name: string): readonly number[] {
  const part = parts[at];
  if (part === undefined) return [];
  if (part !== "**") return matchesName(part, name) ? [at + 1] : [];
  if (name.startsWith(".")) return [];
  return at === parts.length - 1 ? [at, at + 1] : [at];
}

/** `**` may stand for no folder at all, unless it is the last part. */
function skipping(parts: readonly string[], positions: Set<number>): ReadonlySet<number> {
  for (const at of positions) if (parts[at] === "**" && at < parts.length - 1) positions.add(at + 1);
  return positions;
}

/** One name; a leading dot is matched by a dot only. */
export function matchesName(pattern: string, name: string): boolean {
  if (name.startsWith(".") && !pattern.startsWith(".")) return false;
  const tokens = tokensOf(pattern);
  const characters = [...name];
  let token = 0;
  let at = 0;
  let star = -1;
  let starAt = 0;
  while (at < characters.length) {
    const current = tokens[token];
    if (current === "*") {
      star = token++;
      starAt = at;
    } else if (current?.(characters[at] ?? "") === true) {
      token += 1;
      at += 1;
    } else if (star >= 0) {
      token = star + 1;
      at = ++starAt;
    } else return false;
  }
  return tokens.slice(token).every((rest) => rest === "*");
}

type Token = "*" | ((character: string) => boolean);

function tokensOf(pattern: string): readonly Token[] {
  const tokens: Token[] = [];
  const pieces = pattern.match(/\[[!^]?\]?[^\]]*\]|./gsu) ?? [];
  for (const piece of pieces) {
    if (piece === "*") tokens.push("*");
    else if (piece === "?") tokens.push(() => true);
    else if (piece.length > 2 && piece.startsWith("[") && piece.endsWith("]"))
      tokens.push(characterSet(piece.slice(1, -1)));
    else tokens.push((character) => character === piece);
  }
  return tokens;
}

function characterSet(inner: string): (character: string) => boolean {
  const negated = /^[!^]/.test(inner);
  const ranges = [...(negated ? inner.slice(1) : inner).matchAll(/(.)-(.)|(.)/gsu)];
  return (character) =>
    negated !==
    ranges.some(([, from, to, single]) =>
      single === undefined ? character >= (from ?? "") && character <= (to ?? "") : character === single,
    );
}
