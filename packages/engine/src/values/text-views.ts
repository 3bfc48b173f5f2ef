/** A reading of a text, and which part of the original a part of it comes from. */
export type TextView = {
  readonly text: string;
  original(start: number, end: number): readonly [start: number, end: number];
};

/** How texts are quoted. Each is read apart from the others: a backslash is itself in a URL. A line ends in `\n` in all readings. */
type Quoting = { readonly sign: string; readonly pattern: RegExp; read(found: string): string };

const quotings: readonly Quoting[] = [
  // JSON, JavaScript, shells.
  {
    sign: "\\",
    pattern: /\r\n|\\r\\n|(?:\\x[0-9A-Fa-f]{2})+|\\u[0-9A-Fa-f]{4}|\\u\{[0-9A-Fa-f]{1,6}\}|\\[\s\S]/g,
    read: (found) => {
      if (found.startsWith("\\x")) return ofHex(found);
      if (/^\\u./.test(found)) return characterOf(Number.parseInt(found.replace(/[^0-9A-Fa-f]/g, ""), 16));
      return backslashed[found] ?? found.slice(1);
    },
  },
  { sign: "%", pattern: /\r\n|(?:%[0-9A-Fa-f]{2})+/g, read: (found) => (found === "\r\n" ? "\n" : ofHex(found)) },
  {
    sign: "&",
    pattern: /\r\n|&#0{0,6}13;&#0{0,6}10;|&#0{0,6}[0-9]{1,7};|&#[xX]0{0,6}[0-9A-Fa-f]{1,6};|&(?:amp|lt|gt|quot|apos);/g,
    read: (found) => {
      if (/^&#0*13;&/.test(found)) return "\n";
      if (/^&#[xX]/.test(found)) return characterOf(Number.parseInt(found.slice(3), 16));
      return referred[found] ?? characterOf(Number.parseInt(found.slice(2), 10));
    },
  },
  { sign: "'\\''", pattern: /\r\n|'\\''/g, read: (found) => (found === "\r\n" ? "\n" : "'") },
  { sign: `'"'"'`, pattern: /\r\n|'"'"'/g, read: (found) => (found === "\r\n" ? "\n" : "'") },
  { sign: "\r\n", pattern: /\r\n/g, read: () => "\n" },
];

const backslashed: { readonly [found: string]: string } = {
  "\r\n": "\n",
  "\\r\\n": "\n",
  "\\n": "\n",
  "\\r": "\r",
  "\\t": "\t",
  "\\b": "\b",
  "\\f": "\f",
};

const referred: { readonly [found: string]: string } = {
  "\r\n": "\n",
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&apos;": "'",
};

export function asItIs(text: string): TextView {
  return { text, original: (start, end) => [start, end] };
}

/** The text as it is, and read in each way of quoting that it shows signs of, up to two deep; three where all are backslashes. */
export function readingsOf(text: string): readonly TextView[] {
  const whole = asItIs(text);
  const once = quotings.flatMap((quoting) => readBy(whole, quoting));
  const twice = once.flatMap((view) => quotings.flatMap((quoting) => readBy(view, quoting)));
  const [backslash] = quotings as [Quoting];
  const thrice = [backslash, backslash, backslash].reduce<readonly TextView[]>(
    (views, quoting) => views.flatMap((view) => readBy(view, quoting)),
    [whole],
  );
  return [whole, ...once, ...twice, ...thrice];
}

function readBy(view: TextView, { sign, pattern, read }: Quoting): readonly TextView[] {
  const found = view.text.includes(sign) ? replaced(view, pattern, read) : undefined;
  return found === undefined ? [] : [found];
}

function ofHex(found: string): string {
  return Buffer.from(found.replace(/[^0-9A-Fa-f]/g, ""), "hex")
    .toString()
    .replaceAll("\r\n", "\n");
}

/** The same without its line ends and what is before the text of the next line, as encoded text is broken; undefined: it has none. */
export function unbroken(view: TextView): TextView | undefined {
  return view.text.includes("\n") ? replaced(view, /\r?\n[ \t]*/g, () => "") : undefined;
}

/** The same with spaces for `+`, as in forms; undefined: it has none. */
export function withSpaces({ text, original }: TextView): TextView | undefined {
  return text.includes("+") ? { text: text.replaceAll("+", " "), original } : undefined;
}

function characterOf(point: number): string {
  return point <= 0x10ffff ? String.fromCodePoint(point) : "\uFFFD";
}

/** A view of the text in which what the pattern finds is replaced; undefined: it finds nothing. */
function replaced(view: TextView, pattern: RegExp, by: (found: string) => string): TextView | undefined {
  const parts: string[] = [];
  // Where each kept piece begins, in the new text and in the old one; what was replaced lies between them.
  const starts: number[] = [0];
  const origins: number[] = [0];
  let length = 0;
  let at = 0;
  for (const match of view.text.matchAll(pattern)) {
    const kept = view.text.slice(at, match.index);
    const put = by(match[0]);
    parts.push(kept, put);
    length += kept.length;
    at = match.index + match[0].length;
    starts.push(length, length + put.length);
    origins.push(match.index, at);
    length += put.length;
  }
  if (at === 0) return undefined;
  parts.push(view.text.slice(at));
  // The piece that `index` lies in: pieces at odd positions were put in for something.
  const originOf = (index: number, isEnd: boolean): number => {
    const piece = lastAtMost(starts, isEnd ? index - 1 : index);
    const isPut = piece % 2 === 1;
    if (isPut) return (isEnd ? origins[piece + 1] : origins[piece]) ?? at;
    return (origins[piece] ?? 0) + index - (starts[piece] ?? 0);
  };
  return {
    text: parts.join(""),
    original: (start, end) => view.original(originOf(start, false), originOf(end, true)),
  };
}

/** Position of the last number that is at most `limit`; of equal ones the last. */
function lastAtMost(numbers: readonly number[], limit: number): number {
  let low = 0;
  let high = numbers.length;
  while (low + 1 < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? 0) <= limit) low = middle;
    else high = middle;
  }
  return low;
}
