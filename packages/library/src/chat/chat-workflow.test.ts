import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRuntime, type Json, type Runtime, type StepDefinition } from "@nanobrain/engine";
import { stepFailure } from "@nanobrain/engine/steps";
import { afterEach, describe, expect, it } from "vitest";
import { pack } from "../pack.js";
import type { ChatPiece } from "./chat-pieces.js";
import { type ChatOptions, ChatWorkflow } from "./chat-workflow.js";

/** The agent's part, played by the test: it says words when it is told to. */
type Part = (given: {
  readonly message: string;
  readonly history: Json;
  say(text: string): Promise<void>;
  readonly signal: AbortSignal;
}) => Promise<string>;

const className = "nanobrain.library.steps.AgentProcessingStep";
const folders: string[] = [];
const runtimes: Runtime[] = [];

afterEach(async () => {
  for (const runtime of runtimes.splice(0)) await runtime.close({ drainMs: 0 });
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function playing(part: Part): StepDefinition {
  return {
    kind: "step",
    class: className,
    version: "1",
    summary: "Plays the agent",
    config: (zod) => zod.looseObject({}),
    ports: () => ({
      inputs: { message: {}, history: {} },
      outputs: { answer: {}, stream: { optional: true } },
      openInputs: false,
      openOutputs: false,
    }),
    effects: true,
    executor: "local",
    async run({ inputs, context }) {
      const say = (text: string) => context.emit("stream", { call: 1, text });
      const { message, history } = inputs as { message: string; history: Json };
      return { answer: await part({ message, history, say, signal: context.signal }) };
    },
  };
}

function place(): string {
  const folder = mkdtempSync(join(tmpdir(), "nb-chat-"));
  folders.push(folder);
  writeFileSync(join(folder, "chat.yml"), "name: helper\nclass: ChatWorkflow\n");
  return folder;
}

async function open(folder: string, part: Part, options: Partial<ChatOptions> = {}): Promise<ChatWorkflow> {
  const classes = pack.classes.map((entry) =>
    entry.class === className ? { ...entry, load: async () => playing(part) } : entry,
  );
  const runtime = await createRuntime({ packs: [{ ...pack, classes }], store: join(folder, ".nanobrain") });
  runtimes.push(runtime);
  return ChatWorkflow.fromConfig(join(folder, "chat.yml"), { runtime, ...options });
}

const echo: Part = async ({ message, history }) => `${message} after ${(history as Json[]).length}`;

/** Answers when it is told to. */
function held() {
  const waiting: (() => void)[] = [];
  const part: Part = async ({ message, say, signal }) => {
    await say(`${message} begins`);
    await new Promise<void>((resolve, reject) => {
      waiting.push(resolve);
      signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    });
    return `${message} ends`;
  };
  return { part, waiting };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

async function collected(pieces: AsyncIterable<ChatPiece>): Promise<readonly ChatPiece[]> {
  const all: ChatPiece[] = [];
  for await (const piece of pieces) all.push(piece);
  return all;
}

describe("ChatWorkflow", () => {
  it("handleUserInput: each turn knows the ones before it, also after the process began anew", async () => {
    const folder = place();
    const chat = await open(folder, echo);
    expect(await chat.handleUserInput("one")).toMatchObject({ number: 1, state: "answered", answer: "one after 0" });
    expect(await chat.handleUserInput("two")).toMatchObject({ runId: "main.2", answer: "two after 2" });
    await runtimes.pop()?.close();
    const later = await open(folder, echo);
    expect(later.history().map((turn) => turn.text)).toEqual(["one", "one after 0", "two", "two after 2"]);
    expect((await later.handleUserInput("three")).answer).toBe("three after 4");
    expect(later.search("AFTER two").map(({ turn }) => turn.number)).toEqual([2]);
  });

  it("conversations of other names know nothing of each other", async () => {
    const folder = place();
    const chat = await open(folder, echo);
    await chat.handleUserInput("one");
    const other = await open(folder, echo, { session: "other" });
    expect((await other.handleUserInput("first")).answer).toBe("first after 0");
    await expect(open(folder, echo, { session: "a/b" })).rejects.toThrow("conversation's name");
  });

  it("window: the agent is given the newest exchanges only; history and search have all", async () => {
    const folder = place();
    const window = "input_data_units:\n  history: { config: { window: { exchanges: 1 } } }\n";
    writeFileSync(join(folder, "chat.yml"), `name: helper\nclass: ChatWorkflow\n${window}`);
    const chat = await open(folder, echo);
    for (const message of ["one", "two"]) await chat.handleUserInput(message);
    expect((await chat.handleUserInput("three")).answer).toBe("three after 2");
    expect(chat.history()).toHaveLength(6);
  });

  it("enqueue: messages are answered one after the other, in their order", async () => {
    const { part, waiting } = held();
    const chat = await open(place(), part);
    const replies = ["one", "two", "three"].map((message) => chat.handleUserInput(message));
    for (let answered = 0; answered < 3; answered++) {
      await until(() => waiting.length > answered);
      expect(waiting).toHaveLength(answered + 1);
      waiting[answered]?.();
    }
    expect((await Promise.all(replies)).map(({ answer }) => answer)).toEqual(["one ends", "two ends", "three ends"]);
  });

  it("reject: a message that comes meanwhile is refused, and the next one is taken", async () => {
    const { part, waiting } = held();
    const chat = await open(place(), part, { policy: "reject" });
    const reply = chat.handleUserInput("one");
    await until(() => waiting.length === 1);
    await expect(chat.handleUserInput("two")).rejects.toMatchObject({ code: "E_CHAT_BUSY" });
    waiting[0]?.();
    expect((await reply).answer).toBe("one ends");
    expect(chat.turns).toEqual([1]);
  });

  it("interrupt: what was said so far stays, marked as cut off", async () => {
    const { part, waiting } = held();
    const chat = await open(place(), part, { policy: "interrupt" });
    const first = chat.handleUserInput("one");
    await until(() => waiting.length === 1);
    const second = chat.handleUserInput("two");
    expect(await first).toMatchObject({ state: "interrupted", answer: "one begins" });
    await until(() => waiting.length === 2);
    waiting[1]?.();
    expect((await second).answer).toBe("two ends");
    expect(chat.history().map(({ text, interrupted }) => [text, interrupted ?? false])).toEqual([
      ["one", false],
      ["one begins", true],
      ["two", false],
      ["two ends", false],
    ]);
  });

  it("rollback: the message before never happened, for every process", async () => {
    const { part, waiting } = held();
    const folder = place();
    const chat = await open(folder, part, { policy: "rollback" });
    const first = chat.handleUserInput("one");
    await until(() => waiting.length === 1);
    const second = chat.handleUserInput("two");
    expect((await first).state).toBe("rolled_back");
    await until(() => waiting.length === 2);
    waiting[1]?.();
    await second;
    expect(chat.history().map(({ text }) => text)).toEqual(["two", "two ends"]);
    await runtimes.pop()?.close();
    expect((await open(folder, part)).history().map(({ text }) => text)).toEqual(["two", "two ends"]);
  });

  it("streamResponse: piece by piece, and joined again from any position", async () => {
    const chat = await open(place(), async ({ say }) => {
      for (const word of ["a", "b", "c"]) await say(word);
      return "abc";
    });
    const pieces = await collected(chat.streamResponse("go"));
    expect(pieces.map(({ text }) => text)).toEqual(["a", "b", "c"]);
    for (const [index, { position }] of pieces.entries())
      expect(await collected(chat.streamResponse(undefined, { turn: 1, after: position }))).toEqual(
        pieces.slice(index + 1),
      );
    await expect(collected(chat.streamResponse(undefined, { turn: 7 }))).rejects.toThrow("there is none");
  });

  it("a failed answer leaves the message, says why, and can be tried again", async () => {
    let isDown = true;
    const chat = await open(place(), async ({ message }) => {
      if (isDown) throw stepFailure("The model is away");
      return `${message} at last`;
    });
    expect(await chat.handleUserInput("one")).toMatchObject({
      state: "failed",
      problem: expect.stringContaining("away") as string,
    });
    expect(chat.history().map(({ text }) => text)).toEqual(["one"]);
    isDown = false;
    expect(await (await chat.retry(1)).reply()).toMatchObject({ number: 1, answer: "one at last" });
    expect((await chat.handleUserInput("two")).number).toBe(2);
  });

  it("a turn that was cut off by the end of the process is gone on with", async () => {
    const folder = place();
    const { part, waiting } = held();
    const chat = await open(folder, part);
    void chat.handleUserInput("one");
    await until(() => waiting.length === 1);
    await runtimes.pop()?.close({ drainMs: 0 });
    const later = await open(folder, async ({ message }) => `${message} after all`);
    expect(later.openTurn?.number).toBe(1);
    expect((await later.openTurn?.reply())?.answer).toBe("one after all");
  });

  it("accepted: a message that waits for its turn is on disk; another process gives it its turn, in its order", async () => {
    const folder = place();
    const { part, waiting } = held();
    const chat = await open(folder, part);
    void chat.handleUserInput("one").catch(() => undefined);
    await until(() => waiting.length === 1);
    const accepted = await Promise.all(["two", "three"].map((message) => chat.accept(message)));
    expect(accepted.map(({ number }) => number)).toEqual([2, 3]);
    await runtimes.pop()?.close({ drainMs: 0 });
    const later = await open(folder, echo);
    expect(later.waiting.map(({ number, message }) => [number, message])).toEqual([
      [2, "two"],
      [3, "three"],
    ]);
    expect((await later.handleUserInput("four")).number).toBe(4);
    expect(later.history().map(({ text }) => text)).toEqual([
      ...["one", "one after 0", "two", "two after 2", "three", "three after 4", "four", "four after 6"],
    ]);
    expect(readdirSync(join(folder, ".nanobrain", "chats", "main"))).toEqual([]);
  });

  it("accepted by two processes at once: each message has a turn of its own, none overtakes another", async () => {
    const folder = place();
    const [one, other] = [await open(folder, echo), await open(folder, echo)];
    const accepted = await Promise.all([..."abcdef"].map((text, at) => (at % 2 === 0 ? one : other).accept(text)));
    expect(new Set(accepted.map(({ number }) => number)).size).toBe(6);
    await Promise.all(accepted.map(async ({ begun }) => (await begun).reply()));
    const later = await open(folder, echo);
    expect(later.turns).toEqual([1, 2, 3, 4, 5, 6]);
    const before = later
      .history()
      .flatMap(({ role, text }) => (role === "user" ? [] : [text.replace(/.* after /, "")]));
    expect(before).toEqual(["0", "2", "4", "6", "8", "10"]);
  });

  it("a turn that waits for a person is not overtaken by the next message", async () => {
    const folder = place();
    const steps = `steps:
  approve: { class: ApprovalStep, config: { question: Send it?, choices: [yes, no] }, inputs: { text: { from: process.answer } } }
links:
  process_to_format: { class: DirectLink, config: { source: approve.decision, target: format.answer } }
`;
    writeFileSync(join(folder, "chat.yml"), `name: helper\nclass: ChatWorkflow\n${steps}`);
    const chat = await open(folder, echo);
    const first = await chat.send("one");
    expect((await first.reply()).state).toBe("open");
    const second = await chat.accept("two");
    expect([chat.waiting.length, chat.openTurn?.number]).toEqual([1, 1]);
    await first.handle.answer("approve", "yes");
    const turn = await second.begun;
    expect(chat.exchange(1)?.state).toBe("answered");
    await expect.poll(() => turn.handle.asks(), { timeout: 30_000 }).toHaveLength(1);
    await turn.handle.answer("approve", "yes");
    await expect.poll(() => chat.exchange(2)?.answer, { timeout: 30_000 }).toBe("yes");
  });

  it("fromConfig: a document without the units of a chat is refused by name", async () => {
    const folder = place();
    writeFileSync(
      join(folder, "chat.yml"),
      "name: n\nsteps:\n  a: { class: TransformStep, config: { expression: '1' } }\n",
    );
    await expect(open(folder, echo)).rejects.toMatchObject({ code: "E_CHAT_DOCUMENT" });
  });
});
