import type { ServeNote } from "@nanobrain/engine";
import type { Look } from "../terminal/terminal.js";
import { oneLine } from "../terminal/text-width.js";

/** One line for something that happened while workflows are served: `14:03:07  intake/inbox  started calm-turing · new/a.csv`. */
export function noteLine(note: ServeNote, look: Look): string {
  const { paint } = look;
  const time = new Date(note.at).toISOString().slice(11, 19);
  const place = note.trigger === undefined ? note.workflow : `${note.workflow}/${note.trigger}`;
  const run = note.run === undefined ? "" : ` ${paint.bold(note.run)}`;
  const text = note.text === "" ? "" : ` · ${oneLine(note.text)}`;
  return `${paint.dim(time)}  ${place}  ${kindWord(note, look)}${run}${text}`;
}

function kindWord({ kind, result }: ServeNote, { paint }: Look): string {
  if (kind === "failed" || (kind === "ended" && result?.status === "failed")) return paint.red(kind);
  if (kind === "warning" || kind === "skipped") return paint.yellow(kind);
  return kind === "ended" ? paint.green(kind) : kind;
}
