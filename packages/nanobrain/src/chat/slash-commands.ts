import type { ChatWorkflow } from "@nanobrain/library";
import type { Call } from "../call.js";
import { nameHint } from "../name-hint.js";
import { answerTurn } from "./answer-turn.js";

const commands = {
  help: "what can be typed",
  history: "all that was said",
  "search WORDS": "where these words were said",
  retry: "try the last message again, if its answer failed",
  quit: "end; the conversation is kept",
} as const;

/** Does what a line that begins with a slash says. `quit`: the talk is over. */
export async function obey(
  call: Call,
  chat: ChatWorkflow,
  line: string,
  how: { readonly jsonl: boolean },
): Promise<"quit" | "done"> {
  const [name = "", ...words] = line.slice(1).trim().split(/\s+/);
  const { err } = call.terminal;
  switch (name) {
    case "quit":
    case "exit":
      return "quit";
    case "help":
      for (const [typed, about] of Object.entries(commands)) err.line(`  /${typed.padEnd(14)} ${about}`);
      return "done";
    case "history":
      for (const turn of chat.history())
        err.line(`${turn.number} ${turn.role === "user" ? "you" : "it "}  ${turn.text}`);
      return "done";
    case "search":
      search(call, chat, words.join(" "));
      return "done";
    case "retry":
      await retry(call, chat, how);
      return "done";
    default:
      err.line(`There is no /${name}. ${await nameHint(name, ["quit", "help", "history", "search", "retry"])}`);
      return "done";
  }
}

function search(call: Call, chat: ChatWorkflow, words: string): void {
  const { err } = call.terminal;
  const found = chat.search(words);
  if (found.length === 0) err.line(words === "" ? "Search for what? /search WORDS" : `Nobody said ${words}.`);
  for (const { turn, excerpt } of found) err.line(`${turn.number} ${turn.role === "user" ? "you" : "it "}  ${excerpt}`);
}

async function retry(call: Call, chat: ChatWorkflow, how: { readonly jsonl: boolean }): Promise<void> {
  const last = chat.turns.at(-1);
  const state = last === undefined ? undefined : chat.exchange(last)?.state;
  if (last === undefined || state !== "failed") {
    call.terminal.err.line("The last answer did not fail.");
    return;
  }
  await answerTurn(call, chat, await chat.retry(last), how);
}
