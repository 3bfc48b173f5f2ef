import { nanobrainError } from "@nanobrain/engine";
import { bibtexAuthors } from "./bibtex-authors.js";
import { keyed } from "./citation-keys.js";
import { plainLatex } from "./plain-latex.js";
import { type Reference, referenceOf } from "./reference.js";

const skipped = ["comment", "preamble"];

/** The references of a BibTeX file. Throws E_REPORT_BIBTEX with the line where it cannot be read. */
export function readBibtex(text: string, file: string): readonly Reference[] {
  return new BibtexReader(text, file).references();
}

/** One reading of a file, from its beginning to its end. */
class BibtexReader {
  readonly #text: string;
  readonly #file: string;
  readonly #strings = new Map<string, string>();
  #at = 0;

  constructor(text: string, file: string) {
    this.#text = text;
    this.#file = file;
  }

  references(): readonly Reference[] {
    const found: Reference[] = [];
    for (let at = this.#text.indexOf("@"); at >= 0; at = this.#text.indexOf("@", this.#at)) {
      this.#at = at + 1;
      const one = this.#entry();
      if (one !== undefined) found.push(one);
    }
    return keyed(found);
  }

  #entry(): Reference | undefined {
    const type = this.#word().toLowerCase();
    this.#space();
    const open = this.#text[this.#at];
    if (type === "" || (open !== "{" && open !== "(")) return undefined;
    if (skipped.includes(type)) {
      this.#value();
      return undefined;
    }
    this.#at++;
    if (type === "string") {
      for (const [name, value] of Object.entries(this.#fields())) this.#strings.set(name, value);
      return undefined;
    }
    this.#space();
    const key = /[^,\s{}()]*/y;
    key.lastIndex = this.#at;
    const name = key.exec(this.#text)?.[0] ?? "";
    this.#at += name.length;
    const { author, ...fields } = this.#fields();
    const authors = author === undefined ? {} : { authors: bibtexAuthors(author) };
    return referenceOf({ ...fields, ...authors, key: name, type: type === "inbook" ? "incollection" : type });
  }

  #fields(): { readonly [name: string]: string } {
    const fields: { [name: string]: string } = {};
    for (;;) {
      this.#skip(/[\s,]*/y);
      const next = this.#text[this.#at];
      if (next === undefined) throw this.#fault("the file ends inside an entry");
      if (next === "}" || next === ")") {
        this.#at++;
        return fields;
      }
      const name = this.#word().toLowerCase();
      this.#space();
      if (name === "" || this.#text[this.#at] !== "=") throw this.#fault("a field such as `year = {2020}` is expected");
      this.#at++;
      // Authors are told apart by their braces, which plain text has not.
      fields[name] = name === "author" ? this.#joined() : plainLatex(this.#joined());
    }
  }

  /** Parts joined by `#`. */
  #joined(): string {
    let text = "";
    for (;;) {
      this.#space();
      text += this.#value();
      this.#space();
      if (this.#text[this.#at] !== "#") return text;
      this.#at++;
    }
  }

  #value(): string {
    const open = this.#text[this.#at];
    if (open !== "{" && open !== '"') {
      const word = this.#word();
      if (word === "") throw this.#fault('a value is expected: {text}, "text" or a number');
      return this.#strings.get(word.toLowerCase()) ?? word;
    }
    const start = this.#at + 1;
    let depth = 0;
    for (this.#at = start; this.#at < this.#text.length; this.#at++) {
      const next = this.#text[this.#at];
      if (next === "\\") this.#at++;
      else if (depth === 0 && next === (open === "{" ? "}" : '"')) return this.#text.slice(start, this.#at++);
      else if (next === "{") depth++;
      else if (next === "}") depth--;
    }
    throw this.#fault("a text is not closed");
  }

  #word(): string {
    const word = /[^\s{}()=,"#@]*/y;
    this.#space();
    word.lastIndex = this.#at;
    const found = word.exec(this.#text)?.[0] ?? "";
    this.#at += found.length;
    return found;
  }

  #space(): void {
    this.#skip(/\s*/y);
  }

  #skip(what: RegExp): void {
    what.lastIndex = this.#at;
    this.#at += what.exec(this.#text)?.[0].length ?? 0;
  }

  #fault(what: string): Error {
    const line = this.#text.slice(0, this.#at).split("\n").length;
    return nanobrainError("E_REPORT_BIBTEX", { file: this.#file, what, line });
  }
}
