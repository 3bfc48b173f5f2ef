import { likeness } from "./rank-sentences.js";
import type { Quote } from "./reading.js";

/** Two sentences more alike than this say the same. */
const mostAlike = 0.5;

export type Choosing = {
  readonly most: number;
  /** Quotes of one text at most. */
  readonly ofOne?: number;
  /** Quotes that stand elsewhere already; the chosen ones are added. */
  readonly used: Set<string>;
};

/** The best by a score above 0, no two alike. */
export function chooseQuotes(
  quotes: readonly Quote[],
  score: (quote: Quote) => number,
  { most, ofOne = 1, used }: Choosing,
): readonly Quote[] {
  const scored = quotes.map((quote) => ({ quote, score: score(quote) })).filter((one) => one.score > 0);
  scored.sort((a, b) => b.score - a.score || a.quote.source.number - b.quote.source.number);
  const chosen: Quote[] = [];
  const ofSource = new Map<number, number>();
  for (const { quote } of scored) {
    if (chosen.length >= most) break;
    const already = ofSource.get(quote.source.number) ?? 0;
    if (already >= ofOne || used.has(quote.text)) continue;
    if (chosen.some((other) => likeness(other.vector, quote.vector) > mostAlike)) continue;
    chosen.push(quote);
    used.add(quote.text);
    ofSource.set(quote.source.number, already + 1);
  }
  return chosen;
}
