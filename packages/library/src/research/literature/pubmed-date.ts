import { children, type Element, first, text, textAt } from "./xml.js";

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

export type Published = { readonly year?: number; readonly date?: string };

/** When it came out: the journal's date, else the one of the electronic article, the book, or PubMed's own. */
export function pubmedDate(article: Element): Published {
  const body = first(article, "MedlineCitation", "Article");
  const history = children(first(article, "PubmedData", "History"), "PubMedPubDate");
  const places = [
    first(body, "Journal", "JournalIssue", "PubDate"),
    first(body, "ArticleDate"),
    first(article, "BookDocument", "Book", "PubDate"),
    history.find((each) => each.attribs["PubStatus"] === "pubmed"),
  ];
  for (const place of places) {
    const published = place === undefined ? {} : dateOf(place);
    if (published.year !== undefined) return published;
  }
  return {};
}

function dateOf(place: Element): Published {
  const year = textAt(place, "Year");
  if (year === undefined) return medlineDate(textAt(place, "MedlineDate") ?? text(place) ?? "");
  return dateParts(Number(year), monthOf(textAt(place, "Month")), Number(textAt(place, "Day") ?? NaN));
}

/** `1998 Dec-1999 Jan`, `2000 Spring`, `2001 Mar-Apr`, `1999 Oct 1-15`: its beginning. */
export function medlineDate(said: string): Published {
  const year = /\b(1[5-9]\d\d|20\d\d)\b/.exec(said)?.[1];
  if (year === undefined) return {};
  const month = /\b(?:1[5-9]|20)\d\d\s+([A-Za-z]{3})/.exec(said)?.[1];
  return dateParts(Number(year), monthOf(month), NaN);
}

function monthOf(said: string | undefined): number {
  const named = months.indexOf((said ?? "").slice(0, 3).toLowerCase());
  return named >= 0 ? named + 1 : Number(said ?? NaN);
}

/** As much of a date as is known, and is one. */
export function dateParts(year: number, month: number, day: number): Published {
  if (!Number.isInteger(year) || year < 1000 || year > 9999) return {};
  const two = (part: number): string => String(part).padStart(2, "0");
  if (!(Number.isInteger(month) && month >= 1 && month <= 12)) return { year, date: String(year) };
  if (!(Number.isInteger(day) && day >= 1 && day <= 31)) return { year, date: `${year}-${two(month)}` };
  return { year, date: `${year}-${two(month)}-${two(day)}` };
}
