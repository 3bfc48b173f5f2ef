import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** A font in its four styles: paths, or the bytes of a font that has but one. */
export type FontFamily = {
  readonly normal: string | Buffer;
  readonly bold: string | Buffer;
  readonly italics: string | Buffer;
  readonly bolditalics: string | Buffer;
};

/** Fonts that come with the packages, so that pages look the same on every machine: text, signs that it lacks, code. */
export function packagedFonts(): {
  readonly Roboto: FontFamily;
  readonly DejaVu: FontFamily;
  readonly Mono: FontFamily;
} {
  const require = createRequire(import.meta.url);
  const roboto = join(dirname(require.resolve("pdfmake/package.json")), "fonts/Roboto");
  const dejavu = join(dirname(require.resolve("dejavu-fonts-ttf/package.json")), "ttf");
  return {
    Roboto: family(roboto, "Roboto-Regular", "Roboto-Medium", "Roboto-Italic", "Roboto-MediumItalic"),
    DejaVu: family(dejavu, "DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique", "DejaVuSans-BoldOblique"),
    Mono: family(
      dejavu,
      "DejaVuSansMono",
      "DejaVuSansMono-Bold",
      "DejaVuSansMono-Oblique",
      "DejaVuSansMono-BoldOblique",
    ),
  };
}

function family(folder: string, normal: string, bold: string, italics: string, bolditalics: string): FontFamily {
  const path = (name: string) => join(folder, `${name}.ttf`);
  return { normal: path(normal), bold: path(bold), italics: path(italics), bolditalics: path(bolditalics) };
}
