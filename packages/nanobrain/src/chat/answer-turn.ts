import type { Interface } from "node:readline";
import type { ChatReply, ChatTurn, ChatWorkflow } from "@nanobrain/library";
import { askPerson } from "../ask-person.js";
import type { Call } from "../call.js";

type Answering = { readonly jsonl: boolean; readonly reader?: Interface };

/** Shows an answer as it is made, then as it is; asks the person at the terminal what it waits for. Answers the exit code. */
export async function answerTurn(call: Call, chat: ChatWorkflow, turn: ChatTurn, how: Answering): Promise<number> {
  let shown = "";
  const showing = show(call, chat, turn, how.jsonl, (text) => {
    shown = text;
  });
  let reply = await turn.reply();
  while (reply.state === "open" && call.terminal.isLive && process.stdin.isTTY) {
    how.reader?.pause();
    const isAnswered = await askPerson(call, turn.handle, await turn.handle.asks());
    how.reader?.resume();
    if (!isAnswered) break;
    reply = await chat.again(turn.number);
  }
  await showing;
  return end(call, reply, turn, shown, how.jsonl);
}

/** Pieces are shown to people and to programs that want them; a plain reader gets the whole answer. */
async function show(
  call: Call,
  chat: ChatWorkflow,
  turn: ChatTurn,
  jsonl: boolean,
  heard: (text: string) => void,
): Promise<void> {
  const { out, err } = call.terminal;
  let text = "";
  for await (const piece of chat.streamResponse(undefined, { turn: turn.number })) {
    if (jsonl) out.line(JSON.stringify(piece));
    if (piece.restart && text !== "" && out.isTerminal) err.line(err.look.paint.dim("\n(the answer begins anew)"));
    text = piece.restart ? "" : text + piece.text;
    if (out.isTerminal && !jsonl) out.write(piece.text);
    heard(text);
  }
}

function end(call: Call, reply: ChatReply, turn: ChatTurn, shown: string, jsonl: boolean): number {
  const { out, err } = call.terminal;
  if (jsonl) out.line(JSON.stringify(reply));
  else if (out.isTerminal && shown !== "") out.line(isSame(shown, reply.answer) ? "" : `\n\n${reply.answer ?? ""}`);
  else if (reply.answer !== undefined) out.line(reply.answer);
  if (reply.state === "answered") return 0;
  err.line(err.look.paint.yellow(endText(reply, turn)));
  return reply.state === "failed" ? 1 : 3;
}

const isSame = (shown: string, answer: string | undefined): boolean =>
  answer === undefined || shown.trim() === answer.trim();

function endText({ state, problem }: ChatReply, { runId }: ChatTurn): string {
  if (state === "failed")
    return `No answer: ${problem ?? "the turn failed"}\n  why   nanobrain show ${runId}\n  again /retry, or nanobrain resume ${runId}`;
  if (state === "open") return `The answer waits: nanobrain show ${runId}`;
  return state === "interrupted" ? "(cut off)" : "(taken back)";
}
