const marks: { readonly [command: string]: string } = {
  "'": "\u0301",
  "`": "\u0300",
  "^": "\u0302",
  '"': "\u0308",
  "~": "\u0303",
  "=": "\u0304",
  ".": "\u0307",
  u: "\u0306",
  v: "\u030c",
  H: "\u030b",
  c: "\u0327",
  k: "\u0328",
  r: "\u030a",
};

const letters: { readonly [command: string]: string } = {
  ss: "ß",
  o: "ø",
  O: "Ø",
  l: "ł",
  L: "Ł",
  ae: "æ",
  AE: "Æ",
  oe: "œ",
  OE: "Œ",
  aa: "å",
  AA: "Å",
  i: "i",
  j: "j",
  alpha: "α",
  beta: "β",
  gamma: "γ",
  delta: "δ",
  epsilon: "ε",
  kappa: "κ",
  lambda: "λ",
  mu: "µ",
  pi: "π",
  sigma: "σ",
  tau: "τ",
  omega: "ω",
  textbackslash: "\\",
  textasciitilde: "~",
  textasciicircum: "^",
  times: "×",
  pm: "±",
  geq: "≥",
  leq: "≤",
};

const accent = /\\(?<mark>['`^"~=.]|[uvHckr](?![A-Za-z]))\s*(?:\{\s*\\?(?<inside>[A-Za-z])\s*\}|\\?(?<bare>[A-Za-z]))/;
const command = /\\(?<name>[A-Za-z]+)(?:\{\}|\s)?/;
const rest = /\\(?<sign>.)|(?<dash>---?)|[{}$~]/;
const latex = new RegExp([accent, command, rest].map((one) => one.source).join("|"), "g");

type Parts = { readonly [group: string]: string | undefined };

/** The text that a field's LaTeX stands for: accents, special letters, escaped signs; braces go. Read once, from left to right. */
export function plainLatex(text: string): string {
  return text
    .replace(latex, (whole: string, ...found: unknown[]) => plainPart(whole, found.at(-1) as Parts))
    .replace(/\s+/g, " ")
    .trim();
}

function plainPart(whole: string, { mark, inside, bare, name, sign, dash }: Parts): string {
  if (mark !== undefined) return `${inside ?? bare ?? ""}${marks[mark] ?? ""}`.normalize("NFC");
  if (name !== undefined && Object.hasOwn(letters, name)) return letters[name] ?? "";
  if (name !== undefined) return /^(text|emph|math)/.test(name) ? "" : whole;
  if (sign !== undefined) return sign;
  if (dash !== undefined) return dash === "--" ? "–" : "—";
  return whole === "~" ? "\u00a0" : "";
}
