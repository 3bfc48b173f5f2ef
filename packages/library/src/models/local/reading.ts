import { setImmediate as breathe } from "node:timers/promises";
import type { Json } from "@nanobrain/engine";
import { type KeyPhrase, keyPhrases, type Runs } from "./key-phrases.js";
import { bm25, lexRank, type TermVector, termVectors } from "./rank-sentences.js";
import type { ReadRequest } from "./read-request.js";
import { quotable, sentencesOf } from "./sentences.js";
import { type Source, sourcesOf } from "./sources.js";
import { orderWords } from "./stop-words.js";
import { isTelling, rootOf, type Word, wordsOf } from "./words.js";

/** A sentence that may be quoted. */
export type Quote = {
  readonly text: string;
  readonly source: Source;
  readonly vector: TermVector;
  /** How central it is; 1 is the mean. */
  readonly rank: number;
  /** How close it is to the question; 0: not at all. */
  readonly closeness: number;
};

/** All that is known of the texts before anything is written. */
export type Reading = {
  readonly question: string;
  readonly data: readonly Json[];
  readonly sources: readonly Source[];
  readonly quotes: readonly Quote[];
  /** Positions in `texts` are those of `sources`. */
  readonly phrases: readonly KeyPhrase[];
  /** Roots of the question's words that are in the texts. */
  readonly asked: ReadonlySet<string>;
};

const mostPhrases = 40;
/** More sentences of one text than this are not read, so that one book does not push out all else; nor more than that in all. */
const mostOfOne = 4000;
const mostSentences = 40_000;

/** Reads the texts. It breathes between its parts, so that others get their turn, and ends with the signal. */
export async function readTexts(request: ReadRequest, signal: AbortSignal): Promise<Reading> {
  const pause = async (): Promise<void> => {
    await breathe();
    signal.throwIfAborted();
  };
  const sources = sourcesOf(request);
  await pause();
  const found = sources
    .flatMap((source) => quotesOf(source).map((text) => ({ text, source, words: wordsOf(text) })))
    .slice(0, mostSentences);
  await pause();
  const phrases = keyPhrases(sources.map(runsOf), mostPhrases);
  await pause();
  const words = found.map((one) => one.words);
  const vectors = termVectors(words);
  const ranks = lexRank(vectors);
  await pause();
  const asked = askedRoots(request.question, sources);
  const closeness = bm25(words, asked);
  const quotes = found.map(({ text, source }, at) => ({
    text,
    source,
    vector: vectors[at] ?? [],
    rank: (ranks[at] ?? 0) * weightOf(text),
    closeness: closeness[at] ?? 0,
  }));
  return { question: request.question, data: request.data, sources, quotes, phrases, asked };
}

function quotesOf({ text }: Source): readonly string[] {
  const found = sentencesOf(text).flatMap((sentence) => quotable(sentence) ?? []);
  return [...new Set(found)].slice(0, mostOfOne);
}

/** Stretches between marks, as phrases do not reach over them. */
function runsOf({ title = "", text }: Source): Runs {
  return `${title}. ${text}`.split(/[^\p{L}\p{N}\s'’-]+/u).map(wordsOf);
}

/** A sentence that leans on the one before says little by itself. */
function weightOf(text: string): number {
  return /^(this|these|those|it|they|such|however|moreover|furthermore|thus|therefore|in addition|here)\b/i.test(text)
    ? 0.75
    : 1;
}

function askedRoots(question: string, sources: readonly Source[]): ReadonlySet<string> {
  const there = new Set<string>();
  for (const { text, title = "" } of sources) for (const { root } of wordsOf(`${title} ${text}`)) there.add(root);
  const asked = wordsOf(question).filter((word) => isTelling(word) && !isOrder(word) && there.has(word.root));
  return new Set(asked.map(({ root }) => root));
}

const orderRoots = new Set([...orderWords].map(rootOf));
const isOrder = ({ root }: Word): boolean =>
  orderRoots.has(root) || /^(novel|key|main|potential|important|research)$/.test(root);
