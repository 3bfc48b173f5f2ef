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

/** The text that a field's LaTeX stands for: accents, special letters, escaped signs; braces go. */
export function plainLatex(text: string): string {
  return text
    .replace(
      /\\(['`^"~=.]|[uvHckr](?![A-Za-z]))\s*(?:\{\s*\\?([A-Za-z])\s*\}|\\?([A-Za-z]))/g,
      (_, mark: string, inside?: string, bare?: string) =>
        `${inside ?? bare ?? ""}${marks[mark] ?? ""}`.normalize("NFC"),
    )
    .replace(
      /\\([A-Za-z]+)(?:\{\}|\s)?/g,
      (whole, name: string) => letters[name] ?? (/^(text|emph|math)/.test(name) ? "" : whole),
    )
    .replace(/\\([&%$#_{}])/g, (_, sign: string) => (sign === "{" ? "\u0001" : sign === "}" ? "\u0002" : sign))
    .replace(/[{}$]/g, "")
    .replace(/---/g, "—")
    .replace(/--/g, "–")
    .replace(/~/g, " ")
    .replaceAll("\u0001", "{")
    .replaceAll("\u0002", "}")
    .replace(/\s+/g, " ")
    .trim();
}
