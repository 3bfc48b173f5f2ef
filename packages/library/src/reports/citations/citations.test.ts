import fc from "fast-check";
import { expect, test } from "vitest";
import { plainText } from "../tree/report-tree.js";
import { authorName, shortAuthor } from "./author-name.js";
import { citationKeys } from "./citation-keys.js";
import { Citations } from "./citations.js";
import { readBibtex } from "./read-bibtex.js";
import { referenceOf } from "./reference.js";
import { writeBibtex } from "./write-bibtex.js";

test.each([
  ["Smith JA", "Smith, J. A.", "Smith JA"],
  ["Jane Q. Public", "Public, Jane Q.", "Public JQ"],
  ["van der Berg, Anna", "van der Berg, Anna", "van der Berg A"],
  ["Ludwig van Beethoven", "van Beethoven, Ludwig", "van Beethoven L"],
  ["WHO", "WHO", "WHO"],
])("authors: %s", (given, name, short) => {
  expect(authorName(given)).toBe(name);
  expect(shortAuthor(name)).toBe(short);
});

test("authors: objects of searches, with family and given name or a group's", () => {
  expect(authorName({ family: "Müller", given: "Éva" })).toBe("Müller, Éva");
  expect(authorName({ collective: "The Group" })).toBe("The Group");
});

test("authors: a list that is not whole ends with et al., in BibTeX with others", () => {
  const authors = [{ family: "Jumper", given: "John" }, { collective: "et al." }];
  const found = [referenceOf({ key: "k", title: "T", authors, year: 2021 })].flatMap((one) => one ?? []);
  const [line] = new Citations(found, "numbered").entries(true);
  expect(plainText(line?.children ?? [])).toContain("Jumper J, et al. T.");
  expect(plainText(new Citations(found, "author-year").cite(["k"]) ?? [])).toBe("(Jumper et al., 2021)");
  const written = writeBibtex(found);
  expect(written).toContain("author = {Jumper, John and others}");
  expect(readBibtex(written, "k.bib")[0]).toMatchObject({ authors: ["Jumper, John", "others"] });
});

test("keys: family name and year, letters where several are alike, and the same each time", () => {
  const records = [1, 2, 3].map((n) => ({ title: `T${n}`, authors: ["Ørsted-Müller, A"], year: 2020 }));
  expect(citationKeys([...records, { no: "title" }, { title: "Own", key: "own" }])).toEqual([
    "ørstedmuller2020",
    "ørstedmuller2020b",
    "ørstedmuller2020c",
    undefined,
    "own",
  ]);
});

test("citations: numbers by first appearance, then the rest; author and year by author", () => {
  const references = ["b", "a", "c"].flatMap(
    (key, at) =>
      referenceOf({ key, title: `Title ${key}`, authors: [`${key.toUpperCase()}x, Y`], year: 2000 + at }) ?? [],
  );
  const numbered = new Citations(references, "numbered");
  expect(plainText(numbered.cite(["c", "b"]) ?? [])).toBe("[1, 2]");
  expect(numbered.cite(["nobody"])).toBeUndefined();
  expect([...numbered.unknown]).toEqual(["nobody"]);
  expect(numbered.listed(true).map((one) => one.key)).toEqual(["c", "b", "a"]);
  expect(numbered.listed(false).map((one) => one.key)).toEqual(["c", "b"]);
  const named = new Citations(references, "author-year");
  expect(plainText(named.cite(["c"]) ?? [])).toBe("(Cx, 2002)");
  expect(named.entries(true).map((one) => one.key)).toEqual(["a", "b", "c"]);
});

test("BibTeX: what is written is read again, whatever the texts hold", () => {
  const text = fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 60 })
    .filter((one) => /\p{L}/u.test(one) && !one.includes("--"));
  fc.assert(
    fc.property(
      text,
      fc.array(text, { maxLength: 4 }),
      fc.integer({ min: 1600, max: 2100 }),
      (title, authors, year) => {
        const one = referenceOf({ key: "k1", title, authors, year, venue: "A & B_{}\\%#" });
        if (one === undefined) return;
        const written = writeBibtex([one]);
        const read = readBibtex(written, "x.bib");
        expect(read).toHaveLength(1);
        expect(read[0]).toMatchObject({ key: "k1", year, title: one.title, authors: one.authors });
      },
    ),
  );
});

test("BibTeX: strings, joined parts, accents, comments; a file that breaks off says where", () => {
  const read = readBibtex(
    '@string{jx = "Journal of X"}\n@comment{ignored @article{no,}}\n@article{g1931, title = "{\\"U}ber" # " S{\\"a}tze", author = {G{\\"o}del, Kurt and {The Group}}, journal = jx, year = 1931, pages={1--2}}',
    "x.bib",
  );
  expect(read[0]?.authors).toEqual(["G\u00f6del, Kurt", "The Group"]);
  const names = "{Rock and Roll Institute; Rome} AND Anderson, Sandy and {A}nd {C}o and  others";
  expect(readBibtex(`@misc{x, title={t}, author={${names}}}`, "x.bib")[0]?.authors).toEqual([
    "Rock and Roll Institute; Rome",
    "Anderson, Sandy",
    "Co, And",
    "others",
  ]);
  expect(read).toMatchObject([{ key: "g1931", title: "Über Sätze", venue: "Journal of X", year: 1931, pages: "1–2" }]);
  expect(() => readBibtex("@article{a,\n title = {x\n", "x.bib")).toThrow(/x\.bib.*line 3/);
});
