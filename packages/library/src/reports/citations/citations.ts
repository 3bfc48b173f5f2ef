import type { Inline, ReferenceEntry } from "../tree/report-tree.js";
import { familyName, others, shortAuthor } from "./author-name.js";
import type { Reference } from "./reference.js";

export type CitationStyle = "numbered" | "author-year";

const shownAuthors = 6;

/** Citations of one report. Numbers go by first appearance, then the rest; with `author-year` the list goes by author. */
export class Citations {
  readonly #references: readonly Reference[];
  readonly #style: CitationStyle;
  readonly #order: number[] = [];
  readonly unknown = new Set<string>();

  constructor(references: readonly Reference[], style: CitationStyle) {
    this.#references = style === "author-year" ? [...references].sort(byAuthor) : references;
    this.#style = style;
  }

  /** The line for `[@a; @b]`; undefined where no key is known. */
  cite(keys: readonly string[]): readonly Inline[] | undefined {
    const parts = keys.flatMap((key): readonly Inline[] => {
      const at = this.#references.findIndex((one) => one.key === key.replace(/^@/, ""));
      const found = this.#references[at];
      if (found === undefined) {
        this.unknown.add(key.replace(/^@/, ""));
        return [];
      }
      if (!this.#order.includes(at)) this.#order.push(at);
      return [{ kind: "reference", key: found.key, text: this.#label(at) }];
    });
    if (parts.length === 0) return undefined;
    const [open, between, close] = this.#style === "numbered" ? ["[", ", ", "]"] : ["(", "; ", ")"];
    const joined = parts.flatMap((part, index) => (index === 0 ? [part] : [text(between ?? ""), part]));
    return [text(open ?? ""), ...joined, text(close ?? "")];
  }

  /** References in the order of the list. `all`: also those that nothing cites. */
  listed(all: boolean): readonly Reference[] {
    if (this.#style === "author-year") return this.#references.filter((_, at) => all || this.#order.includes(at));
    const rest = all ? this.#references.flatMap((_, at) => (this.#order.includes(at) ? [] : [at])) : [];
    return [...this.#order, ...rest].flatMap((at) => this.#references[at] ?? []);
  }

  entries(all: boolean): readonly ReferenceEntry[] {
    const listed = this.listed(all);
    return listed.map((one, index) => ({
      key: one.key,
      label: this.#style === "numbered" ? `[${index + 1}]` : "",
      children: referenceLine(one, this.#style),
    }));
  }

  #label(at: number): string {
    if (this.#style === "numbered") return String(this.#order.indexOf(at) + 1);
    const one = this.#references[at];
    const [first, second] = (one?.authors ?? []).map(familyName);
    const many = (one?.authors.length ?? 0) > 2 || second === others;
    const who =
      first === undefined
        ? `“${(one?.title ?? "").slice(0, 40)}”`
        : many
          ? `${first} et al.`
          : second === undefined
            ? first
            : `${first} & ${second}`;
    return `${who}, ${one?.year ?? "n.d."}`;
  }
}

function byAuthor(a: Reference, b: Reference): number {
  const [one, other] = [a, b].map((ref) =>
    `${ref.authors[0] ?? ref.title} ${ref.year ?? ""} ${ref.title}`.toLowerCase(),
  );
  return (one ?? "") < (other ?? "") ? -1 : 1;
}

function text(said: string): Inline {
  return { kind: "text", text: said };
}

function referenceLine(one: Reference, style: CitationStyle): readonly Inline[] {
  const named = one.authors.filter((author) => author !== others);
  const names = named.slice(0, shownAuthors).map(shortAuthor).join(", ");
  const hasMore = named.length > shownAuthors || named.length < one.authors.length;
  const authors = hasMore ? `${names}, et al.` : names;
  const year = one.year === null ? "n.d." : String(one.year);
  const title = one.title.replace(/\.$/, "");
  const place = [one.volume, one.issue === "" ? "" : `(${one.issue})`].join("");
  const where = [place, one.pages].filter((part) => part !== "").join(":");
  const tail = [where, one.publisher].filter((part) => part !== "").join(". ");
  const ids = [
    one.doi === "" ? "" : `doi:${one.doi}`,
    one.pmid === "" ? "" : `PMID ${one.pmid}`,
    one.arxiv === "" ? "" : `arXiv:${one.arxiv}`,
  ];
  const shownIds = ids.filter((part) => part !== "").join(", ");
  const link: readonly Inline[] =
    one.url === ""
      ? []
      : [text(" "), { kind: "link", href: one.url, children: [text(shownIds === "" ? one.url : shownIds)] }];
  const head =
    style === "author-year"
      ? `${authors === "" ? "" : `${authors} `}(${year}). ${title}. `
      : `${authors === "" ? "" : `${authors.replace(/\.$/, "")}. `}${title}. `;
  const venue: readonly Inline[] = one.venue === "" ? [] : [{ kind: "emphasis", children: [text(one.venue)] }];
  const after = style === "author-year" ? tail : [year, tail].filter((part) => part !== "").join(";");
  const ended = [
    venue.length > 0 && after !== "" ? ` ${after}.` : after === "" ? (venue.length > 0 ? "." : "") : `${after}.`,
  ];
  return [text(head), ...venue, ...ended.filter((part) => part !== "").map(text), ...link];
}
