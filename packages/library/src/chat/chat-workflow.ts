import {
  documentInvalid,
  type Json,
  type Loaded,
  type LoadOptions,
  nanobrainError,
  type Plan,
  type RunHandle,
  type Runtime,
} from "@nanobrain/engine";
import { type ChatPiece, piecesOf } from "./chat-pieces.js";
import { defaultWindow } from "./conversation-history-unit.js";
import { type Cut, checkSession, cutReasons, type Exchange, findExchanges, readExchange, turnsOf } from "./exchange.js";
import { isOpen, nextEvent } from "./turn-end.js";
import { type FoundTurn, searchTurns, type Turn, type Window, windowed } from "./turns.js";
import { type WaitingMessages, waitingMessages } from "./waiting-messages.js";

/** What happens to a message that comes while another one is being answered. */
export type MessagePolicy = "enqueue" | "reject" | "interrupt" | "rollback";

export type ChatOptions = LoadOptions & {
  readonly runtime: Runtime;
  /** Name of the conversation: who gives it again goes on with it. Default `main`. */
  readonly session?: string;
  /** Default `enqueue`. */
  readonly policy?: MessagePolicy;
  /** Further inputs of the document, the same for each turn. */
  readonly inputs?: { readonly [unit: string]: Json };
};

/** The answer to one message. `answer` is absent where it failed or was cut off before anything was said. */
export type ChatReply = Omit<Exchange, "startedAt" | "endedAt">;

/** A message that has been taken: its turn is on disk. */
export type ChatTurn = {
  readonly number: number;
  readonly runId: string;
  /** Its run: to follow, steer and inspect it, and to answer what it asks a person. */
  readonly handle: RunHandle;
  /** Resolves when the turn has ended, or waits for a person; never rejects for one that failed. */
  reply(): Promise<ChatReply>;
};

/** A message that is on disk. Whatever becomes of this process, its turn comes. */
export type Accepted = {
  readonly number: number;
  readonly message: string;
  /** Resolves when its turn has begun. */
  readonly begun: Promise<ChatTurn>;
};

/**
 * A conversation: each message is a run of the document, `SESSION.NUMBER`, so a turn survives crashes, is resumed, inspected and
 * steered as any run. C1. Turns follow each other: one begins when the one before it has ended, however long that waits
 * for a person. C2. A message is on disk when it is accepted, under the number of its turn: none is lost, and none overtakes another. C3. What was said can be joined from any position, from any process.
 */
export class ChatWorkflow {
  readonly session: string;
  readonly plan: Plan;
  readonly #runtime: Runtime;
  readonly #loaded: Loaded;
  readonly policy: MessagePolicy;
  readonly #messages: WaitingMessages;
  readonly #inputs: { readonly [unit: string]: Json };
  readonly #exchanges = new Map<number, Exchange>();
  /** The turn under way. */
  #open: ChatTurn | undefined;
  /** Resolves when no turn is under way and none waits. */
  #last: Promise<unknown> = Promise.resolve();
  readonly #waiting: Accepted[] = [];
  /** One message is put on disk after the other. */
  #accepting: Promise<unknown> = Promise.resolve();

  private constructor(loaded: Loaded, plan: Plan, options: ChatOptions) {
    this.plan = plan;
    this.#loaded = loaded;
    this.#runtime = options.runtime;
    this.session = options.session ?? "main";
    this.policy = options.policy ?? "enqueue";
    this.#messages = waitingMessages(this.#runtime.store.place, this.session);
    this.#inputs = options.inputs ?? {};
  }

  /**
   * Loads a document of class ChatWorkflow, and goes on with the conversation where it was: a turn that a crash cut off is
   * resumed. Fails with E_DOCUMENT_INVALID, or E_CHAT_DOCUMENT for one without `message` and `response`.
   */
  static async fromConfig(file: string, options: ChatOptions): Promise<ChatWorkflow> {
    const { runtime, session = "main", policy: _, inputs: __, ...load } = options;
    checkSession(session);
    const loaded = await runtime.load(file, load);
    const { plan } = loaded;
    if (plan === undefined) throw documentInvalid(file, loaded.diagnostics);
    demandChat(plan, file);
    const chat = new ChatWorkflow(loaded, plan, options);
    await chat.#catchUp();
    return chat;
  }

  /** True: a turn is under way or waits for its turn. */
  get isBusy(): boolean {
    return this.#open !== undefined || this.#waiting.length > 0;
  }

  /** Messages whose turn has not begun: after `fromConfig`, those that a process left that is gone. */
  get waiting(): readonly Accepted[] {
    return [...this.#waiting];
  }

  /** The turn under way, if there is one: after `fromConfig`, one that a crash cut off. */
  get openTurn(): ChatTurn | undefined {
    return this.#open;
  }

  /** Numbers of the turns so far, those that were taken back included. */
  get turns(): readonly number[] {
    return [...this.#exchanges.keys()].sort((one, other) => one - other);
  }

  /** Takes a message and gives the whole answer. Fails with E_CHAT_BUSY under `reject`, with E_INPUT for a message that is empty. */
  async handleUserInput(text: string, options: { readonly policy?: MessagePolicy } = {}): Promise<ChatReply> {
    return (await this.send(text, options)).reply();
  }

  /** Takes a message: resolves when its turn has begun. */
  async send(text: string, options: { readonly policy?: MessagePolicy } = {}): Promise<ChatTurn> {
    return (await this.accept(text, options)).begun;
  }

  /** Takes a message: resolves when it is on disk. Fails with E_CHAT_BUSY under `reject`. */
  async accept(text: string, options: { readonly policy?: MessagePolicy } = {}): Promise<Accepted> {
    const policy = options.policy ?? this.policy;
    if (this.isBusy && policy === "reject") throw nanobrainError("E_CHAT_BUSY", { session: this.session });
    if (policy === "interrupt") await this.#cut("interrupted");
    if (policy === "rollback") await this.#cut("rolled_back");
    const accepted = this.#accepting.then(async () => this.#line(await this.#put(text), text));
    this.#accepting = accepted.catch(() => undefined);
    return accepted;
  }

  /**
   * The answer piece by piece: to a message, or of a turn (default: the latest), from behind position `after` on. Ends with the turn.
   */
  async *streamResponse(
    message?: string,
    options: { readonly turn?: number; readonly after?: number; readonly policy?: MessagePolicy } = {},
  ): AsyncIterable<ChatPiece> {
    const number =
      message === undefined ? (options.turn ?? this.turns.at(-1)) : (await this.send(message, options)).number;
    if (number === undefined || !this.#exchanges.has(number))
      throw nanobrainError("E_USAGE", {
        problem: `Cannot follow turn ${number ?? 1} of conversation ${this.session}: there is none`,
      });
    const handle = await this.#handle(number);
    for await (const event of handle.events(options.after ?? 0))
      for (const piece of await piecesOf(this.#runtime, handle.plan, event)) yield { ...piece, turn: number };
  }

  /** All that was said, oldest first. */
  history(): readonly Turn[] {
    return turnsOf(this.#ordered());
  }

  /** Turns that hold all the words, newest first. */
  search(words: string): readonly FoundTurn[] {
    return searchTurns(this.history(), words);
  }

  /** A turn as it stands. */
  exchange(number: number): Exchange | undefined {
    return this.#exchanges.get(number);
  }

  /** Cuts the turn under way off; what was said so far stays in the conversation. Nothing, if there is none. */
  interrupt(): Promise<void> {
    return this.#cut("interrupted");
  }

  /** Waits once more for a turn whose question to a person has been answered. */
  again(number: number): Promise<ChatReply> {
    const open = this.#open;
    if (open?.number !== number)
      throw nanobrainError("E_USAGE", { problem: `Cannot wait for turn ${number}: it is not open` });
    return this.#settle(number, open.handle);
  }

  /** Tries a turn that failed again; effects that are on disk are not repeated. Fails with E_RUN_STATE for one that did not fail. */
  async retry(number: number): Promise<ChatTurn> {
    await this.#last;
    const handle = await this.#runtime.resume(`${this.session}.${number}`);
    return this.#follow(number, handle);
  }

  #ordered(): readonly Exchange[] {
    return this.turns.flatMap((number) => this.#exchanges.get(number) ?? []);
  }

  /** The message stands on disk; gives the number of its turn. */
  async #put(text: string): Promise<number> {
    const standing = await this.#messages.list();
    const last = Math.max(0, ...this.turns, ...standing.map(({ number }) => number));
    for (let number = last + 1; ; number++) {
      if (!(await this.#messages.put({ number, text }))) continue;
      // Another process may have begun a turn of that number, and taken its message away just before.
      const runId = `${this.session}.${number}`;
      if ((await this.#runtime.store.find(runId))?.id !== runId) return number;
      await this.#messages.drop(number);
    }
  }

  /** It comes when all that was accepted before it is over. */
  #line(number: number, message: string): Accepted {
    const begun = this.#last.then(() => this.#begin(number, message));
    const accepted = { number, message, begun };
    this.#waiting.push(accepted);
    this.#last = begun.then((turn) => this.#over(turn)).catch(() => undefined);
    const done = (): void => {
      const at = this.#waiting.indexOf(accepted);
      if (at >= 0) this.#waiting.splice(at, 1);
    };
    begun.then(done, done);
    return accepted;
  }

  async #begin(number: number, text: string): Promise<ChatTurn> {
    await this.#endBefore(number);
    const runId = `${this.session}.${number}`;
    const { project } = this.#loaded;
    try {
      const handle = await this.#runtime.start(this.#loaded, this.#inputsFor(text), { runId, project });
      const turn = this.#follow(number, handle, text);
      await this.#messages.drop(number);
      return turn;
    } catch (error) {
      await this.#messages.drop(number);
      if (!hasCode(error, "E_RUN_EXISTS")) throw error;
      // Another process began a turn of that number: with this message, or it comes first.
      const other = await this.#runtime.attach(runId);
      const { message } = await this.#settle(number, other);
      return message === text ? this.#follow(number, other, text) : this.#begin(await this.#put(text), text);
    }
  }

  /** What other processes accepted before, under way or waiting, comes first. */
  async #endBefore(number: number): Promise<void> {
    for (let before = (this.turns.at(-1) ?? 0) + 1; before < number; before++) {
      const runId = `${this.session}.${before}`;
      const record = await this.#runtime.store.find(runId);
      const standing = (await this.#messages.list()).find((one) => one.number === before);
      if (record?.id === runId) await this.#endOther(before, runId, record.endedAt !== null);
      else if (standing !== undefined) await this.#over(await this.#begin(before, standing.text));
    }
  }

  async #endOther(number: number, runId: string, isOver: boolean): Promise<void> {
    if (isOver) this.#exchanges.set(number, await readExchange(this.#runtime, runId, number));
    else await this.#over(this.#follow(number, await this.#takeUp(runId)));
  }

  /** Resolves when the turn has ended: what waits for a person is not over. */
  async #over(turn: ChatTurn): Promise<void> {
    await turn.reply();
    if (!isOpen(turn.handle)) return;
    while (isOpen(turn.handle)) {
      await nextEvent(turn.handle);
      await turn.handle.result();
    }
    await this.#settle(turn.number, turn.handle);
  }

  #inputsFor(text: string): { readonly [unit: string]: Json } {
    const history = windowed(this.history(), windowOf(this.plan));
    return { ...this.#inputs, message: text, history: history as unknown as Json };
  }

  #follow(number: number, handle: RunHandle, message = this.#exchanges.get(number)?.message ?? ""): ChatTurn {
    const runId = handle.id;
    this.#exchanges.set(number, { number, runId, state: "open", message, startedAt: 0, endedAt: null });
    const settled = this.#settle(number, handle);
    // Whoever asks for the reply hears of it.
    settled.catch(() => undefined);
    const turn = { number, runId, handle, reply: () => settled };
    this.#open = turn;
    return turn;
  }

  async #settle(number: number, handle: RunHandle): Promise<ChatReply> {
    try {
      await handle.result();
    } finally {
      if (this.#open?.number === number && !isOpen(handle)) this.#open = undefined;
    }
    const exchange = await readExchange(this.#runtime, handle.id, number);
    this.#exchanges.set(number, exchange);
    const { startedAt: _, endedAt: __, ...reply } = exchange;
    return reply;
  }

  async #cut(how: Cut): Promise<void> {
    const open = this.#open;
    if (open === undefined) return;
    await open.handle.cancel(cutReasons[how]);
    await this.#settle(open.number, open.handle);
  }

  async #handle(number: number): Promise<RunHandle> {
    if (this.#open?.number === number) return this.#open.handle;
    return this.#runtime.attach(`${this.session}.${number}`);
  }

  /** Reads the conversation, and goes on with a turn that nobody drives any more. */
  async #catchUp(): Promise<void> {
    const standing = await this.#messages.list();
    for (const number of await findExchanges(this.#runtime, this.plan.name, this.session)) {
      const runId = `${this.session}.${number}`;
      const exchange = await readExchange(this.#runtime, runId, number);
      this.#exchanges.set(number, exchange);
      if (exchange.state !== "open") continue;
      const turn = this.#follow(number, await this.#takeUp(runId), exchange.message);
      this.#last = this.#over(turn).catch(() => undefined);
    }
    for (const { number, text } of standing) {
      if (this.#exchanges.has(number)) void this.#messages.drop(number);
      else this.#line(number, text);
    }
  }

  /** Another process may drive it: then it is only followed. */
  async #takeUp(runId: string): Promise<RunHandle> {
    try {
      return await this.#runtime.resume(runId);
    } catch (error) {
      if (hasCode(error, "E_RUN_HELD") || hasCode(error, "E_RUN_STATE")) return this.#runtime.attach(runId);
      throw error;
    }
  }
}

/** By shape: the error may come from another copy of the engine. */
function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && (error as { readonly code?: unknown }).code === code;
}

function demandChat(plan: Plan, file: string): void {
  const names = new Set(plan.workflows[0]?.nodes.filter(({ kind }) => kind !== "step").map(({ name }) => name));
  const missing = ["message", "history", "response"].filter((name) => !names.has(name));
  if (missing.length > 0) throw nanobrainError("E_CHAT_DOCUMENT", { file, missing: missing.join(", ") });
}

function windowOf(plan: Plan): Window {
  const history = plan.workflows[0]?.nodes.find(({ kind, name }) => kind === "unit" && name === "history");
  return { ...defaultWindow, ...(history?.unit?.config?.["window"] as Partial<Window> | undefined) };
}
