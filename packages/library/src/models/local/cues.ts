import type { Quote } from "./reading.js";

/** Turns of phrase by which authors mark what a sentence is for. */
const cues = {
  open: /\b(remains? (?:unclear|unknown|unresolved|elusive|poorly|largely|to be|an? (?:open|major|significant|key|challeng)|challenging|difficult|limited|controversial)|(?:further|future|additional|more) (?:research|work|stud(?:y|ies)|investigations?|directions?|trials?|efforts?|experiments?) |(?:open|unanswered|unsolved|unresolved) (?:questions?|problems?|challenges?|issues?)|not (?:yet |well |fully |completely |clearly )+(?:understood|known|established|clear|explored|characteri[sz]ed)|poorly understood|little is known|is (?:still )?(?:unclear|unknown)|limitations?|lack(?:s|ing)? (?:of|in|a|an|the)\b|knowledge gap|gaps? in)/i,
  advice:
    /\b(we (?:recommend|advise|suggest|advocate|propose that|call for)|should (?:be|not|also|consider|include|focus|aim)|recommend(?:s|ed|ations?)?|is needed|are needed|warrants?|ought to|guidelines?)\b/i,
  result:
    /\b(we (?:show|found|find|demonstrate|report|observe|identif(?:y|ied))|results? (?:show|indicate|suggest|demonstrate|reveal)|outperform(?:s|ed)?|achiev(?:es|ed)|significant(?:ly)?|compared (?:with|to)|associated with|increased|decreased|reduced|improved|higher|lower)\b/i,
} as const;

/** A measure, not only a year or the number of a gene. */
const figures =
  /\d+(?:\.\d+)?\s?(?:%|per ?cent|-fold|fold\b|times\b|x\b|Å|ms\b|s\b|kg\b|mg\b|µ|years?\b|patients\b|participants\b|proteins\b|structures\b|sequences\b|samples\b)|\bp\s?[<=]\s?0|\b0\.\d+\b|\b\d{1,3}(?:,\d{3})+\b|\b\d+(?:\.\d+)? (?:million|billion)\b/i;

export type Cue = keyof typeof cues | "figures";

/** Whether a sentence bears the cue. */
export function bears(cue: Cue, { text }: Quote): boolean {
  return cue === "figures" ? figures.test(text) && cues.result.test(text) : cues[cue].test(text);
}
