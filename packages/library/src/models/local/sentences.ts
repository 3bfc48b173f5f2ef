/** Shortest and longest text that may be quoted as a sentence. */
const leastLetters = 40;
const mostLetters = 450;
const leastWords = 6;

const segmenter = new Intl.Segmenter("en", { granularity: "sentence" });

/** Ends after which a sentence goes on. */
const goesOn =
  /(?:\b(?:al|e\.?g|i\.?e|vs|cf|ca|approx|resp|etc|fig|figs|eq|eqs|ref|refs|sec|tab|no|nos|vol|pp|dr|prof|mr|mrs|ms|st|inc|ltd|co|dept|univ|sp|spp|subsp|var|ed|eds|est|max|min)|\b\p{Lu}|\(\p{L})\.\s*$/iu;
/** What no new sentence begins with. */
const noBeginning = /^\s*[\p{Ll}\d)\],;:%–-]/u;
const initial = /(?:^|\s|\()\p{Lu}\.\s*$/u;

/** The sentences of a text: each is a piece of it, runs of blanks made one. Abbreviations, initials, DOIs and numbers end none. */
export function sentencesOf(text: string): readonly string[] {
  const found: string[] = [];
  for (const block of text.split(/\n\s*\n|\r\n\s*\r\n/)) {
    let open = "";
    for (const { segment } of segmenter.segment(block.replace(/\s+/g, " "))) {
      if (open !== "" && !continues(open, segment)) {
        found.push(open.trim());
        open = "";
      }
      open += segment;
    }
    if (open.trim() !== "") found.push(open.trim());
  }
  return found;
}

function continues(open: string, next: string): boolean {
  if (noBeginning.test(next)) return true;
  if (initial.test(open)) return true;
  return goesOn.test(open) && !/[!?]\s*$/.test(open) && !/\betc\.\s*$/i.test(open);
}

/** `METHODS: We ...` and `Conclusions We ...` begin with a name of their part; what is quoted begins behind it. */
const partName =
  /^(?:(?:background|introduction|objectives?|aims?|purpose|motivation|methods?|materials? and methods|design|setting|results?|findings?|discussion|conclusions?|significance|interpretation|summary|availability)\s*(?:and\s+\w+\s*)?[:.—–-]\s+|[A-Z][A-Z &/]{3,40}:\s+)/i;

/** The part of a sentence that may be quoted. Undefined: it is no sentence, or nothing that somebody says. */
export function quotable(sentence: string): string | undefined {
  const text = sentence.replace(partName, "");
  if (text.length < leastLetters || text.length > mostLetters || !/[.!?]["”’)]?$/.test(text)) return undefined;
  if (text.split(" ").length < leastWords || !/^["“‘(]?[\p{Lu}\d]/u.test(text)) return undefined;
  if (/©|copyright|all rights reserved|creative commons|@\w+\.\w|https?:\/\/\S{40}/i.test(text)) return undefined;
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  return letters / text.length < 0.6 ? undefined : text;
}
