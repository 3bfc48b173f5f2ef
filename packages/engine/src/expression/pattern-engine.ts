import { nanobrainError } from "../errors/nanobrain-error.js";
import { type LinearPattern, linearPattern } from "./linear-pattern.js";

/** Stands in for `RegExp` where a library runs patterns of users: the same matches, in linear time. */
export class PatternEngine {
  lastIndex = 0;
  private readonly pattern: LinearPattern;
  private readonly source: string;

  constructor(original: RegExp) {
    const made = linearPattern(original.source, original.flags.replace(/[gy]/g, ""));
    this.source = original.source;
    if (!made.ok)
      throw nanobrainError("E_TRANSFORM", { what: `pattern /${original.source}/ cannot be used: ${made.problem}` });
    this.pattern = made.pattern;
  }

  /** Why a pattern cannot be used; undefined: it can. */
  static fault(original: RegExp): string | undefined {
    const made = linearPattern(original.source, original.flags.replace(/[gy]/g, ""));
    return made.ok ? undefined : made.problem;
  }

  /** As `RegExp.exec` with the flag g: starts at `lastIndex` and moves it. */
  exec(text: string): RegExpExecArray | null {
    const found = this.pattern.exec(text, this.lastIndex);
    if (found === "exhausted")
      throw nanobrainError("E_TRANSFORM_LIMIT", { what: `the text is too long for the pattern /${this.source}/` });
    if (found === null) {
      this.lastIndex = 0;
      return null;
    }
    this.lastIndex = found.end;
    const match = [text.slice(found.index, found.end), ...found.groups] as string[];
    return Object.assign(match, { index: found.index, input: text }) as RegExpExecArray;
  }
}
