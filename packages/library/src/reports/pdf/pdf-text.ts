import { type FontSigns, hasSign } from "../font-signs.js";
import { hasRightToLeft } from "../tree/right-to-left.js";

export type PdfFont = { readonly name: string; readonly signs: FontSigns };

/** Invisible signs that no font of ours needs. */
const dropped = /\p{Cf}|\p{Cc}|[\ufe00-\ufe0f]/gu;

/** Splits text by which font draws it: the first that has the sign. What none has becomes an empty box, and is remembered. */
export class PdfText {
  readonly missing = new Set<string>();
  /** Whether something was written from right to left: lines are laid out from left to right all the same. */
  hasRightToLeft = false;
  readonly #fonts: readonly PdfFont[];

  constructor(fonts: readonly PdfFont[]) {
    this.#fonts = fonts;
  }

  runs(text: string, first?: string): readonly { readonly text: string; readonly font: string }[] {
    const fonts =
      first === undefined
        ? this.#fonts
        : [...this.#fonts].sort((a, b) => Number(b.name === first) - Number(a.name === first));
    const usual = fonts[0]?.name ?? "";
    this.hasRightToLeft ||= hasRightToLeft(text);
    const runs: { text: string; font: string }[] = [];
    for (const sign of text
      .normalize("NFC")
      .replace(dropped, "")
      .replace(/\u202f/g, "\u00a0")) {
      const last = runs.at(-1);
      const code = sign.codePointAt(0) ?? 0;
      const isBlank = code <= 32 || code === 0xa0;
      const font = isBlank ? (last?.font ?? usual) : fonts.find((one) => hasSign(one.signs, code))?.name;
      if (font === undefined) this.missing.add(sign);
      const drawn = font === undefined ? { text: "\u25a1", font: "DejaVu" } : { text: sign, font };
      if (last?.font === drawn.font) last.text += drawn.text;
      else runs.push({ ...drawn });
    }
    return runs;
  }
}
