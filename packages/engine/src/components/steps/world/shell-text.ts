import { referredInputs } from "../interpolate.js";

type Quoting = "none" | "double" | "single";

export type ShellText = {
  /** The script with each reference replaced by a positional parameter. */
  readonly script: string;
  /** References in the order of their parameters: the first is `$1`. */
  readonly references: readonly string[];
  /** References where the shell would not replace a parameter: inside single quotes, after a backslash. Offsets into the text. */
  readonly misplaced: readonly { readonly reference: string; readonly offset: number }[];
};

/**
 * Turns `{{ port }}` in a shell script into `"${1}"`, so that a value is one word and never part of the script. Inside double
 * quotes it becomes `${1}`, as they already make it one word. Quotes are followed as far as they are plain; whatever the
 * script does with them, a value is never read as script.
 */
export function shellText(text: string): ShellText {
  const references: string[] = [];
  const misplaced: { reference: string; offset: number }[] = [];
  let quoting: Quoting = "none";
  let script = "";
  for (let at = 0; at < text.length; ) {
    const escaped = text[at] === "\\" && quoting !== "single";
    const start = escaped ? at + 1 : at;
    const reference = referenceAt(text, start);
    if (reference !== undefined) {
      if (quoting === "single" || escaped) misplaced.push({ reference, offset: start });
      if (!references.includes(reference)) references.push(reference);
      const parameter = `\${${references.indexOf(reference) + 1}}`;
      script += quoting === "none" ? `"${parameter}"` : parameter;
      at = start + reference.length;
      continue;
    }
    const length = escaped ? 2 : 1;
    if (!escaped) quoting = after(quoting, text[at] ?? "");
    script += text.slice(at, at + length);
    at += length;
  }
  return { script, references, misplaced };
}

/** The reference that begins here, braces included. */
function referenceAt(text: string, at: number): string | undefined {
  if (!text.startsWith("{{", at)) return undefined;
  const end = text.indexOf("}}", at);
  const whole = end === -1 ? "" : text.slice(at, end + 2);
  return referredInputs(whole).length === 1 && whole.indexOf("{{", 1) === -1 ? whole : undefined;
}

function after(quoting: Quoting, character: string): Quoting {
  if (character === '"' && quoting !== "single") return quoting === "double" ? "none" : "double";
  if (character === "'" && quoting !== "double") return quoting === "single" ? "none" : "single";
  return quoting;
}
