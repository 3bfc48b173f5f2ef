/** What was said at one time. `interrupted`: the answer was cut off by the person; `text` is what had been said. */
export type Turn = {
  readonly role: "user" | "assistant";
  readonly text: string;
  /** The exchange it belongs to, from 1 on. */
  readonly number: number;
  /** ISO text. */
  readonly at: string;
  readonly interrupted?: boolean;
};

/** How much of a conversation an agent is given: the newest exchanges, as many as fit both. */
export type Window = { readonly exchanges: number; readonly characters: number };

/**
 * The newest exchanges that fit, oldest first: an exchange is taken whole or not at all, so that no answer stands without its
 * question. None, if the newest alone is too long.
 */
export function windowed(turns: readonly Turn[], { exchanges, characters }: Window): readonly Turn[] {
  let from = turns.length;
  let taken = 0;
  let left = characters;
  while (from > 0 && taken < exchanges) {
    const start = startOfExchange(turns, from - 1);
    left -= turns.slice(start, from).reduce((sum, turn) => sum + turn.text.length, 0);
    if (left < 0) break;
    from = start;
    taken++;
  }
  return turns.slice(from);
}

function startOfExchange(turns: readonly Turn[], at: number): number {
  const number = turns[at]?.number;
  let start = at;
  while (start > 0 && turns[start - 1]?.number === number) start--;
  return start;
}

export type FoundTurn = { readonly turn: Turn; readonly excerpt: string };

const excerptLength = 160;

/** Turns that hold every word of the query, whatever its case and accents, newest first. An empty query finds nothing. */
export function searchTurns(turns: readonly Turn[], query: string): readonly FoundTurn[] {
  const words = folded(query)
    .split(/\s+/)
    .filter((word) => word !== "");
  if (words.length === 0) return [];
  return turns
    .filter((turn) => {
      const text = folded(turn.text);
      return words.every((word) => text.includes(word));
    })
    .map((turn) => ({ turn, excerpt: excerptOf(turn.text, words[0] ?? "") }))
    .reverse();
}

/** Accents are taken off letter by letter, so that places in the text stay the same. */
function folded(text: string): string {
  return [...text]
    .map((letter) => {
      const plain = letter.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
      return plain.length === letter.length ? plain : letter;
    })
    .join("");
}

function excerptOf(text: string, word: string): string {
  if (text.length <= excerptLength) return text;
  const start = Math.max(0, Math.min(folded(text).indexOf(word) - excerptLength / 4, text.length - excerptLength));
  const end = start + excerptLength;
  return `${start > 0 ? "... " : ""}${text.slice(start, end).trim()}${end < text.length ? " ..." : ""}`;
}
