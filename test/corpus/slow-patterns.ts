/** A pattern that backtracking engines need for ever on, with a text that makes them. */
export type SlowPattern = { readonly pattern: string; readonly text: string };

const length = 50_000;
const inner = [
  "a+",
  "a*",
  "a|a",
  "a|aa",
  "a?",
  "[a-z]+",
  "\\w+",
  ".+",
  ".*",
  "\\S+",
  "a|b|ab",
  "(?:a|\\w)",
  "a{1,9}",
  "(?:a+)?",
  "[^b]+",
  "\\w|\\d",
  "a+?",
  "(?:a|a)+",
];
const outer: readonly ((part: string) => string)[] = [
  (part) => `^(${part})+$`,
  (part) => `(${part})*b`,
  (part) => `^(?:${part})+!$`,
  (part) => `(?:(${part})+)+c`,
  (part) => `(${part}){2,60}$`,
  (part) => `^(${part})(${part})(${part})(${part})$`,
  (part) => `(x+x+)+y|(${part})+z`,
  (part) => `^((${part})*,)*$`,
  (part) => `(${part})+(${part})+(${part})+[0-9]`,
];
/** As they were found in libraries and advisories. */
const known: readonly SlowPattern[] = [
  {
    pattern:
      "^([a-zA-Z0-9])(([\\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+[.]{1}(([a-z]{2,3})|([a-z]{2,3}[.]{1}[a-z]{2,3}))$",
    text: "a".repeat(length),
  },
  { pattern: "^(([a-z])+.)+[A-Z]([a-z])+$", text: "a".repeat(length) },
  { pattern: "(.*a){20}", text: "a".repeat(length) },
  { pattern: "^\\s+|\\s+$", text: ` ${" ".repeat(length)}x` },
  { pattern: "(\\s*,\\s*)+$", text: ", ".repeat(length / 2) },
  { pattern: "^(?:[\\w-]+\\.)*[\\w-]+@", text: "a.".repeat(length / 2) },
  { pattern: "<([^>]+)>(.*?)</\\1>", text: "<a>".repeat(length / 3) },
  { pattern: "(?=(a+))a*b", text: "a".repeat(length) },
  { pattern: "^(\\d+)*\\.?(\\d+)*$", text: `${"1".repeat(length)}x` },
  { pattern: "([0-9a-fA-F]{2}:?)+$", text: `${"ab".repeat(length / 2)}g` },
  { pattern: "\\d+\\d+\\d+\\d+x", text: "1".repeat(length) },
  { pattern: "(?:.*=.*)*;", text: "=".repeat(length) },
  { pattern: "^\\/?(.*\\/)*([^/]*)$\\n", text: "/a".repeat(length / 2) },
  { pattern: "(?:<!--[\\s\\S]*?-->)*x", text: "<!--".repeat(length / 4) },
  { pattern: '^(([^"\\\\]|\\\\.)*)*$', text: `"${"\\".repeat(length)}` },
  { pattern: "(a|b|c|d|e)*(a|b|c|d|e)*(a|b|c|d|e)*f", text: "abcde".repeat(length / 5) },
  { pattern: "(?:a{0,30}){0,30}b", text: "a".repeat(length) },
  { pattern: "^(?:(?:a?){30})(?:a{30})$", text: "a".repeat(length) },
  { pattern: "(\\w+\\s?)*$!", text: "word ".repeat(length / 5) },
  { pattern: "((a*)*)*b", text: "a".repeat(length) },
  { pattern: "(?:\\p{L}+)*\\d", text: "é".repeat(length) },
  { pattern: "(😀+)+x", text: "😀".repeat(length / 2) },
];

export const slowPatterns: readonly SlowPattern[] = [
  ...known,
  ...outer.flatMap((make) => inner.map((part) => ({ pattern: make(part), text: "a".repeat(length) }))),
  ...outer.map((make) => ({ pattern: make("a|[ab]"), text: "ab".repeat(length / 2) })),
  ...inner.map((part) => ({ pattern: `(${part})*(${part})*(${part})*x`, text: "a".repeat(length) })),
];
