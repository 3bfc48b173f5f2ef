import type { Json } from "@nanobrain/engine";
import { isObject, textOf } from "../json-parts.js";

const particles = [
  "von",
  "van",
  "de",
  "der",
  "den",
  "del",
  "della",
  "di",
  "da",
  "la",
  "le",
  "du",
  "dos",
  "ten",
  "ter",
  "zu",
  "zur",
];

/** As BibTeX has it after the last name that is said: `Smith, J and others`. */
export const others = "others";

const isOthers = (value: Json | undefined): boolean =>
  typeof value === "string" && /^(?:and )?others$|^et al\.?$/i.test(value.trim());

/**
 * A name as `Family, Given`, from `Smith JA` (PubMed), `Jane A. Smith`, `Smith, Jane` or an object with family and given names.
 * Undefined: there is no name.
 */
export function authorName(value: Json | undefined): string | undefined {
  if (isObject(value)) {
    const family = textOf(value["family"] ?? value["last_name"] ?? value["lastname"]);
    const given = textOf(value["given"] ?? value["first_name"] ?? value["fore_name"] ?? value["initials"]);
    if (family !== undefined) return given === undefined ? family : `${family}, ${given}`;
    const group = textOf(value["collective"]);
    if (group !== undefined) return isOthers(group) ? others : group.replace(/,/g, "");
    return authorName(value["name"] ?? value["display_name"] ?? value["full_name"]);
  }
  if (isOthers(value)) return others;
  const text = textOf(value)?.replace(/\s+/g, " ").slice(0, 200);
  if (text === undefined) return undefined;
  if (text.includes(",")) return text.replace(/\s*,\s*/, ", ");
  const words = text.split(" ");
  const last = words.at(-1) ?? "";
  if (words.length === 1) return text;
  if (/^\p{Lu}{1,3}$/u.test(last) && words.slice(0, -1).some((word) => /\p{Ll}/u.test(word)))
    return `${words.slice(0, -1).join(" ")}, ${[...last].join(". ")}.`;
  // The family's name begins with what stands before it in small letters.
  let from = words.length - 1;
  while (from > 1 && particles.includes((words[from - 1] ?? "").toLowerCase())) from--;
  return `${words.slice(from).join(" ")}, ${words.slice(0, from).join(" ")}`;
}

export function familyName(author: string): string {
  return author.split(",")[0]?.trim() ?? author;
}

/** `Smith JA`, as reference lists have it. */
export function shortAuthor(author: string): string {
  const [family = "", given = ""] = author.split(",").map((part) => part.trim());
  const initials = given
    .split(/[\s.-]+/)
    .filter((part) => part !== "")
    .map((part) => part.charAt(0).toUpperCase())
    .join("");
  return initials === "" ? family : `${family} ${initials}`;
}
