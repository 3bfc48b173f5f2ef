import { readZip, writeZip } from "./zip.js";

const stampedDate = /(<dcterms:(?:created|modified)[^>]*>)[^<]*/g;
const randomId = /rId[a-z0-9_-]{15,}/gi;
const contentsMark = /(_Toc)(\d+)(["\s])/g;
const numberedMark = /(<w:bookmark(?:Start|End)\b[^>]*?w:id=")(\d+)(")/g;
const picture = /(<wp:docPr id=")(\d+)(")/g;

/** The document with what is random or of the moment made to follow from its content: ids, dates, times of its parts. */
export function steadyDocx(docx: Buffer, madeAt: Date): Buffer {
  const links = new Map<string, string>();
  const parts = [...readZip(docx)]
    .sort((a, b) => orderOf(a.name) - orderOf(b.name) || (a.name < b.name ? -1 : 1))
    .map(({ name, bytes }) => {
      if (!/\.(xml|rels)$/.test(name)) return { name, bytes };
      const text = bytes
        .toString("utf8")
        .replace(stampedDate, `$1${madeAt.toISOString()}`)
        .replace(randomId, (id) => renamed(links, id, "rIdLink"));
      return { name, bytes: Buffer.from([numberedMark, picture, contentsMark].reduce(counted, text), "utf8") };
    });
  return writeZip(parts);
}

/** The list of types comes first, as readers of the format expect. */
function orderOf(name: string): number {
  return name === "[Content_Types].xml" ? 0 : name === "_rels/.rels" ? 1 : 2;
}

function renamed(names: Map<string, string>, name: string, stem: string): string {
  const known = names.get(name) ?? `${stem}${names.size + 1}`;
  names.set(name, known);
  return known;
}

/** Numbers that count over all documents of a process, counted in this one. */
function counted(text: string, where: RegExp): string {
  const numbers = new Map<string, string>();
  return text.replace(
    where,
    (_, before: string, number: string, after: string) => `${before}${renamed(numbers, number, "")}${after}`,
  );
}
