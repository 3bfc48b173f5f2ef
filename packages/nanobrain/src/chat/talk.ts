import { createInterface, type Interface } from "node:readline";
import type { ChatWorkflow } from "@nanobrain/library";
import type { Call } from "../call.js";
import { answerTurn } from "./answer-turn.js";
import { obey } from "./slash-commands.js";

export type TalkOptions = {
  /** Only this message; undefined: as many as come. */
  readonly message: string | undefined;
  /** Pieces and replies as JSON, one a line. */
  readonly jsonl: boolean;
};

/** Takes messages until there are none, and answers the exit code: 1, if the last answer failed. */
export async function talk(call: Call, chat: ChatWorkflow, options: TalkOptions): Promise<number> {
  let code = await finishTurns(call, chat, options);
  if (options.message !== undefined) return send(call, chat, options.message, options);
  const isPerson = process.stdin.isTTY && call.terminal.err.isTerminal;
  if (isPerson) greet(call, chat);
  const reader = createInterface({
    input: process.stdin,
    output: process.stderr,
    terminal: isPerson,
    prompt: isPerson ? "you> " : "",
  });
  let isCut = false;
  // At the prompt it ends the talk; during an answer it cuts the answer off.
  reader.on("SIGINT", () => {
    if (!chat.isBusy) return reader.close();
    isCut = true;
    void chat.interrupt();
  });
  try {
    for await (const line of linesOf(reader, isPerson)) {
      if (line.trim() === "") continue;
      if (line.startsWith("/") && !line.startsWith("//")) {
        const obeyed = await obey(call, chat, line, options);
        if (obeyed === "quit") break;
        continue;
      }
      isCut = false;
      code = await send(call, chat, line.replace(/^\/\//, "/"), { ...options, reader });
      if (isCut) code = 0;
    }
  } finally {
    reader.close();
  }
  return isPerson ? 0 : code;
}

/** Turns that a crash or a kill cut off, or kept from beginning, go on first. */
async function finishTurns(call: Call, chat: ChatWorkflow, options: TalkOptions): Promise<number> {
  const { err } = call.terminal;
  const say = (message: string): void => err.line(err.look.paint.dim(`Going on with the answer to: ${message}`));
  const waiting = chat.waiting;
  const open = chat.openTurn;
  let code = 0;
  if (open !== undefined) {
    say(chat.exchange(open.number)?.message ?? "");
    code = await answerTurn(call, chat, open, options);
  }
  for (const { message, begun } of waiting) {
    if (isHeld(chat)) break;
    say(message);
    code = await answerTurn(call, chat, await begun, options);
  }
  return code;
}

/** Sends a message, unless a turn before it waits for a person: it would wait as long. */
async function send(
  call: Call,
  chat: ChatWorkflow,
  message: string,
  how: TalkOptions & { readonly reader?: Interface },
): Promise<number> {
  if (!isHeld(chat)) return answerTurn(call, chat, await chat.send(message), how);
  const { err } = call.terminal;
  const run = chat.openTurn?.runId ?? chat.session;
  err.line(err.look.paint.yellow(`Not sent, as ${run} waits for a person: nanobrain show ${run}`));
  return 3;
}

function isHeld(chat: ChatWorkflow): boolean {
  return chat.openTurn !== undefined && chat.policy === "enqueue";
}

function greet(call: Call, chat: ChatWorkflow): void {
  const { err } = call.terminal;
  const said = chat.turns.length;
  const past = said === 0 ? "a new conversation" : `${said} ${said === 1 ? "message" : "messages"} so far`;
  err.line(
    err.look.paint.dim(
      `${chat.plan.name} ${err.look.marks.dot} ${chat.session}: ${past}. /help lists what can be typed; Ctrl-C ends.`,
    ),
  );
}

/** One line after the other: the next one is asked for when the one before it has been dealt with. */
async function* linesOf(reader: Interface, isPerson: boolean): AsyncIterable<string> {
  if (!isPerson) return yield* reader;
  const lines: string[] = [];
  let isOver = false;
  let wake = (): void => undefined;
  reader.on("line", (line) => {
    lines.push(line);
    wake();
  });
  reader.on("close", () => {
    isOver = true;
    wake();
  });
  for (;;) {
    const line = lines.shift();
    if (line !== undefined) {
      yield line;
      continue;
    }
    if (isOver) return;
    reader.prompt();
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
}
