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
  let code = await finishOpenTurn(call, chat, options);
  if (options.message !== undefined) return answerTurn(call, chat, await chat.send(options.message), options);
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
      if (isPerson && line.startsWith("/")) {
        const obeyed = await obey(call, chat, line, options);
        if (obeyed === "quit") break;
        continue;
      }
      isCut = false;
      code = await answerTurn(call, chat, await chat.send(line), { ...options, reader });
      if (isCut) code = 0;
    }
  } finally {
    reader.close();
  }
  return isPerson ? 0 : code;
}

/** A turn that a crash or a kill cut off goes on first. */
async function finishOpenTurn(call: Call, chat: ChatWorkflow, options: TalkOptions): Promise<number> {
  const open = chat.openTurn;
  if (open === undefined) return 0;
  const { err } = call.terminal;
  err.line(err.look.paint.dim(`Going on with the answer to: ${chat.exchange(open.number)?.message ?? ""}`));
  return answerTurn(call, chat, open, options);
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
