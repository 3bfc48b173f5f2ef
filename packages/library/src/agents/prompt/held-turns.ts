import type { Json, JsonObject } from "@nanobrain/engine";
import type { Message } from "../../models/model.js";

export type HeldTurns = { readonly messages: readonly Message[]; readonly notes: readonly string[] };

/** The newest turns that fit, oldest first; they begin with what a person said. Values that are no turns are passed over. */
export function heldTurns(
  history: Json | undefined,
  { exchanges, characters }: { readonly exchanges: number; readonly characters: number } = {
    exchanges: 20,
    characters: 24_000,
  },
): HeldTurns {
  const turns = Array.isArray(history) ? (history as readonly Json[]).flatMap(turnOf) : [];
  let from = turns.length;
  let left = characters;
  for (let at = turns.length - 1, users = 0; at >= 0; at--) {
    left -= turns[at]?.text.length ?? 0;
    if (left < 0) break;
    if (turns[at]?.role !== "user") continue;
    from = at;
    users += 1;
    if (users >= exchanges) break;
  }
  const messages = turns.slice(from);
  const notes = from === 0 ? [] : [`The model was not given the ${from} oldest of ${turns.length} turns.`];
  return { messages, notes };
}

type Turn = Extract<Message, { readonly role: "user" | "assistant" | "system" }> & {
  readonly role: "user" | "assistant";
};

function turnOf(value: Json): readonly Turn[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  const { role, text } = value as JsonObject;
  return (role === "user" || role === "assistant") && typeof text === "string" && text !== "" ? [{ role, text }] : [];
}
