const secretWords = new Set(
  "password passwd pwd pass passphrase passcode secret secrets token apikey authorization bearer credential credentials cookie dsn privatekey accesskey jwt otp".split(
    " ",
  ),
);
const keyOwners = new Set([
  "api",
  "access",
  "private",
  "secret",
  "client",
  "signing",
  "encryption",
  "license",
  "licence",
  "ssh",
  "master",
]);

/** Whether a key's values are to be kept out of sight: `api_key`, `clientSecret`, `DB_PASSWORD`, ... */
export function looksSecret(key: string): boolean {
  const words = key
    .slice(0, 200)
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  return words.some((word, i) => secretWords.has(word) || (word === "key" && keyOwners.has(words[i - 1] ?? "")));
}

/** Well-known shapes of keys and tokens, the password in a URL, and a secret-looking reference's default. */
const secretShapes = [
  /\b(?:sk|pk|rk)[-_](?:[A-Za-z]{2,8}[-_])?[A-Za-z0-9_-]{12,}/g,
  /\b(?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-|AKIA|ASIA|AIza|hf_|npm_)[A-Za-z0-9_-]{10,}/g,
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)?/g,
  /(?<=\b(?:Bearer|Basic)\s)[A-Za-z0-9+/._~=-]{8,}/g,
  /(?<=:\/\/[^\s/:@]{0,100}:)[^\s/@]{1,200}(?=@)/g,
  /(?<=\$\{[A-Z0-9_]{0,60}(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|PWD|CREDENTIAL)[A-Z0-9_]{0,60}:-)[^}]{1,500}/g,
];

/** A key and its value on one line, for text that could not be parsed. */
const keyAndValue = /(?:^|[\s{,?-])(["']?)([A-Za-z][\w.-]{0,80})\1\s{0,20}:\s{1,20}([^\s].{0,2000})/g;

/** Spans of one line, as `[start, end)` pairs, that look like secrets whatever the document says. */
export function secretSpans(line: string): [number, number][] {
  const spans: [number, number][] = [];
  for (const shape of secretShapes) {
    for (const match of line.matchAll(shape)) spans.push([match.index, match.index + match[0].length]);
  }
  keyAndValue.lastIndex = 0;
  for (let match = keyAndValue.exec(line); match !== null; match = keyAndValue.exec(line)) {
    const value = match[3]!;
    const start = match.index + match[0].length - value.length;
    if (looksSecret(match[2]!) && !isReference(value)) spans.push([start, start + valueLength(value)]);
    keyAndValue.lastIndex = start;
  }
  return spans;
}

/** `${NAME}` and `${secret:NAME}` say where a secret is kept, not what it is. */
export function isReference(text: string): boolean {
  return /^["']?\$\{(?:secret:)?\w{1,100}\}["']?\s*(?:[,}\]].*|#.*)?$/.test(text);
}

function valueLength(value: string): number {
  const quote = value[0];
  if (quote === '"' || quote === "'") {
    const end = value.indexOf(quote, 1);
    return end === -1 ? value.length : end + 1;
  }
  const end = /\s#|,\s|\s*[}\]]/.exec(value)?.index;
  return end === undefined || end === 0 ? value.trimEnd().length : end;
}

/** Texts in a value that are secrets by their shape: a shape that words have, too, must hold a digit. */
export function secretsIn(text: string): readonly string[] {
  if (text.length > 100_000) return [];
  const found = secretShapes.flatMap((shape) => [...text.matchAll(shape)].map(([match]) => match));
  return found.filter((match) => !/\$\{|\{\{/.test(match) && (/\d/.test(match) || text.includes(`:${match}@`)));
}
