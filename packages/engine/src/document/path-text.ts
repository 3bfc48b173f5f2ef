import type { Path } from "./document.js";

/** A path as people write it: `steps.read.inputs`, `links[2].config`, `metadata["a b"]`. Empty for the top. */
export function pathText(path: Path): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else if (/^[\w$-]{1,200}$/.test(step)) text += text === "" ? step : `.${step}`;
    else text += `[${quoted(step)}]`;
  }
  return text;
}

/** Text in double quotes for a message: at most 80 characters, what cannot be seen as `\u{...}`. */
export function quoted(text: string): string {
  const short = text.length > 80 ? `${text.slice(0, 77)}...` : text;
  return `"${visible(short)}"`;
}

/** The same text with controls, lone surrogates and invisible characters written as escapes. */
export function visible(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u00a0]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
