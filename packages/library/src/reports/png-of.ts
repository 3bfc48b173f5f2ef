import { packagedFonts } from "./fonts.js";

/** A drawing as PNG, with the packaged fonts: the same on every machine. */
export async function pngOf(svg: string, widthPx: number): Promise<Buffer> {
  const { Resvg } = await import("@resvg/resvg-js");
  const { Roboto, DejaVu } = packagedFonts();
  const fontFiles = [Roboto.normal, Roboto.bold, DejaVu.normal, DejaVu.bold].map(String);
  const drawing = new Resvg(svg, {
    fitTo: { mode: "width", value: widthPx },
    background: "#ffffff",
    font: { fontFiles, loadSystemFonts: false, defaultFontFamily: "Roboto" },
  });
  return drawing.render().asPng();
}
