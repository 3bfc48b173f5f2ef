import { type Marks, search } from "./pattern-machine.js";
import { type Instruction, programOf } from "./pattern-program.js";
import { parsePattern } from "./pattern-tree.js";

export const MAX_PATTERN_CHARACTERS = 4096;
const MAX_GROUPS = 200;
/** Instructions one search may take, some 0.3 s. */
export const MAX_PATTERN_WORK = 20_000_000;

/** A match as `RegExp.exec` gives it: groups that took no part are undefined. */
export type PatternMatch = {
  readonly index: number;
  readonly end: number;
  readonly groups: readonly (string | undefined)[];
};

/** A regular expression that cannot take for ever: time grows with text times pattern, never faster. */
export type LinearPattern = {
  /** "exhausted": the text is too long for this pattern. */
  test(text: string): boolean | "exhausted";
  exec(text: string, from: number): PatternMatch | null | "exhausted";
};

export type PatternResult =
  | { readonly ok: true; readonly pattern: LinearPattern }
  | { readonly ok: false; readonly problem: string };

/**
 * Compiles a pattern in JavaScript's syntax. Not known: references to groups, looking behind, the flag m; they are
 * refused. A group inside a repetition keeps its last text, also where JavaScript forgets it.
 */
export function linearPattern(source: string, flags = ""): PatternResult {
  if (source.length > MAX_PATTERN_CHARACTERS)
    return { ok: false, problem: `it has more than ${MAX_PATTERN_CHARACTERS} characters` };
  const invalid = invalidity(source, flags);
  if (invalid !== undefined) return { ok: false, problem: invalid };
  const { tree, groups, unsupported } = parsePattern(source, flags);
  if (unsupported !== undefined) return { ok: false, problem: `it uses ${unsupported}, which can take for ever` };
  const program = programOf(tree);
  if (program === undefined) return { ok: false, problem: "its counts make it too large" };
  return { ok: true, pattern: patternOf(program, groups, flags.includes("u")) };
}

/** Why `RegExp` refuses it: a wrong syntax, or groups nested too deeply. */
function invalidity(source: string, flags: string): string | undefined {
  try {
    RegExp(source, flags);
  } catch (error) {
    return error instanceof Error ? error.message.split(": ").at(-1) : "it is no regular expression";
  }
  let depth = 0;
  for (const char of source) depth += char === "(" ? 1 : 0;
  return depth > MAX_GROUPS ? `it has more than ${MAX_GROUPS} groups` : undefined;
}

function patternOf(program: readonly Instruction[], groups: number, unicode: boolean): LinearPattern {
  const run = (text: string, from: number, slots: number): Marks | null | "exhausted" =>
    search({ program, text, from, slots, unicode, work: { spent: 0, most: MAX_PATTERN_WORK } });
  return {
    test(text) {
      const found = run(text, 0, 0);
      return found === "exhausted" ? found : found !== null;
    },
    exec(text, from) {
      const found = run(text, from, (groups + 1) * 2);
      if (found === null || found === "exhausted") return found;
      const [index = 0, end = 0, ...marks] = found;
      const texts: (string | undefined)[] = [];
      for (let i = 0; i < marks.length; i += 2) {
        const [start = -1, stop = -1] = [marks[i], marks[i + 1]];
        texts.push(start < 0 || stop < 0 ? undefined : text.slice(start, stop));
      }
      return { index, end, groups: texts };
    },
  };
}
