import { describe, expect, test } from "vitest";
import { decodeText } from "../web/decode-text.js";
import { lineOf, parseMarkup, textOf } from "./markup.js";
import { pageParts } from "./page-parts.js";
import { readSelector, selectAll } from "./selector.js";

const html = `<div id="top" class="a b"><ul><li class="x">1</li><li data-k="v-1" lang="en">2</li><li>3<ul><li class="x y">4</li></ul></li></ul></div><p title="a, b]">5</p>`;

async function select(selector: string, text = html): Promise<readonly string[]> {
  const read = readSelector(selector);
  if (typeof read === "string") return [read];
  return selectAll(await parseMarkup(text, "html"), read, 100).map(lineOf);
}

describe("selectors", () => {
  test.each([
    ["li", ["1", "2", "3 4", "4"]],
    ["#top > ul > li", ["1", "2", "3 4"]],
    ["div.a.b li.x", ["1", "4"]],
    ["ul ul li", ["4"]],
    ["li > ul > *", ["4"]],
    ["[data-k]", ["2"]],
    ['li[data-k="v-1"][lang=en]', ["2"]],
    ["[data-k^=v]", ["2"]],
    ["[data-k$='-1']", ["2"]],
    ["[data-k*=-]", ["2"]],
    ["[class~=y]", ["4"]],
    ["[title='a, b']", []],
    ["li:first-child", ["1", "4"]],
    ["#top > ul > li:last-child", ["3 4"]],
    ["#top > ul > li:nth-child(2)", ["2"]],
    ["p, .x", ["1", "4", "5"]],
    ["span", []],
    ["", ["is empty"]],
    ["li >", ["ends with >"]],
    ["li:hover", ["has :hover, which is not known"]],
    ["li + li", ['cannot be read at "+ li"']],
    ["[", ["is empty"]],
    ["p,", ["is empty"]],
  ])("%s", async (selector, found) => {
    expect(await select(selector)).toEqual(found);
  });

  test("very deep pages: they are read", async () => {
    const deep = `${"<div>".repeat(20_000)}<b>x</b>`;
    expect(await select("div b", deep)).toEqual(["x"]);
    expect(textOf(await parseMarkup(deep, "html"))).toBe("x");
    expect(pageParts(await parseMarkup(deep, "html"), "u")).toEqual({ url: "u", text: "x" });
  });
});

describe("charsets", () => {
  const latin = (text: string): Uint8Array => Buffer.from(text, "latin1");
  test.each<[string, Uint8Array, string | undefined, string]>([
    ["what the content type says", latin("é"), "text/html; charset=ISO-8859-1", "é"],
    ["what the page says", latin('<meta charset="windows-1252">é'), "text/html", '<meta charset="windows-1252">é'],
    [
      "what XML says",
      latin('<?xml version="1.0" encoding="latin1"?>é'),
      undefined,
      '<?xml version="1.0" encoding="latin1"?>é',
    ],
    ["a mark goes first", Buffer.from("\ufeffé"), "text/html; charset=latin1", "é"],
    ["UTF-8 without a word", Buffer.from("é"), undefined, "é"],
    ["no UTF-8 without a word", Uint8Array.of(0xe9, 0x80, 0x20), undefined, "é€ "],
    ["an unknown name", Buffer.from("é"), "text/html; charset=klingon", "é"],
    ["UTF-16 with its mark", Buffer.from("\ufeffé", "utf16le"), undefined, "é"],
  ])("%s", (_, bytes, type, text) => {
    expect(decodeText(bytes, type)).toBe(text);
  });
});
