import type { Author } from "./literature-record.js";

/** Small words that belong to the family name: `van der Waals`, `de la Cruz`. */
const particles = new Set("al bin da de del den der di dos du el la le ten ter van von zu zum zur".split(" "));
const suffixes = /^(jr|sr|i{2,3}|iv)\.?$/i;

/** From one text: `John Jumper`, `Jumper, John`, `Jumper J`. */
export function authorOf(name: string | undefined): Author | undefined {
  const said = (name ?? "").replace(/\s+/g, " ").trim();
  if (said === "") return undefined;
  if (/\b(consortium|collaboration|group|network|committee|initiative|team)\b/i.test(said)) return { collective: said };
  const comma = said.indexOf(",");
  if (comma > 0) return person(said.slice(0, comma), said.slice(comma + 1));
  const words = said.split(" ");
  const last = words.at(-1) ?? "";
  // `Jumper J` has its initials last.
  if (words.length > 1 && /^[A-Z]{1,3}$/.test(last) && !/^[A-Z]\.?$/.test(words[0] ?? ""))
    return person(words.slice(0, -1).join(" "), last);
  let from = words.length - (words.length > 2 && suffixes.test(last) ? 2 : 1);
  while (from > 1 && particles.has((words[from - 1] ?? "").toLowerCase())) from -= 1;
  return person(words.slice(from).join(" "), words.slice(0, from).join(" "));
}

function person(family: string, given: string): Author {
  const first = given.trim();
  return first === "" ? { family: family.trim() } : { family: family.trim(), given: first };
}
