import type { Json, Plan, RunEvent, Runtime } from "@nanobrain/engine";
import { nanobrainError } from "@nanobrain/engine";
import { findValue } from "@nanobrain/engine/observe";
import { type ChatPiece, piecesOf } from "./chat-pieces.js";
import type { Turn } from "./turns.js";

/** What became of a message. `open`: its run has not ended, or is paused or waiting. */
export type ExchangeState = "open" | "answered" | "failed" | "interrupted" | "rolled_back";

/** A message and its answer: one run. */
export type Exchange = {
  /** From 1 on, in the order of the conversation. */
  readonly number: number;
  readonly runId: string;
  readonly state: ExchangeState;
  readonly message: string;
  /** The whole answer; of one that was cut off, as much as was said. Absent: none. */
  readonly answer?: string;
  /** Why there is none. */
  readonly problem?: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly endedAt: number | null;
};

/** Reasons under which a turn is cancelled: they are in its journal, and tell what it counts for. */
export const cutReasons = {
  interrupted: "interrupted by the next message",
  rolled_back: "taken back for the next message",
} as const;

export type Cut = keyof typeof cutReasons;

/** Reads what was said out of a run's journal. */
export async function readExchange(runtime: Runtime, runId: string, number: number): Promise<Exchange> {
  const [{ plan, events, summary }, record] = await Promise.all([runtime.look(runId), runtime.store.find(runId)]);
  const state = stateOf(summary.status, events);
  const answer =
    state === "answered" ? await unitText(runtime, plan, events, "response") : await saidSoFar(runtime, plan, events);
  const problem = summary.failures[0]?.failure.message;
  return {
    number,
    runId,
    state,
    message: (await unitText(runtime, plan, events, "message")) ?? "",
    ...(answer === undefined || answer === "" ? {} : { answer }),
    ...(state !== "failed" || problem === undefined ? {} : { problem }),
    startedAt: record?.createdAt ?? 0,
    endedAt: record?.endedAt ?? null,
  };
}

function stateOf(status: string, events: readonly RunEvent[]): ExchangeState {
  if (status === "completed") return "answered";
  if (status === "failed") return "failed";
  if (status !== "cancelled") return "open";
  const reasons = events.flatMap((event) => (event.type === "run.cancelled" ? [event.reason] : []));
  return reasons.includes(cutReasons.rolled_back) ? "rolled_back" : "interrupted";
}

async function unitText(
  runtime: Runtime,
  plan: Plan,
  events: readonly RunEvent[],
  unit: string,
): Promise<string | undefined> {
  const found = findValue(plan, events, unit);
  if ("problem" in found) return undefined;
  const value: Json = await runtime.value(found.handle);
  return typeof value === "string" ? value : JSON.stringify(value);
}

async function saidSoFar(runtime: Runtime, plan: Plan, events: readonly RunEvent[]): Promise<string> {
  const pieces: ChatPiece[] = [];
  for (const event of events) pieces.push(...(await piecesOf(runtime, plan, event)));
  return pieces.reduce((text, piece) => (piece.restart ? "" : text + piece.text), "");
}

/** The conversation as an agent is given it. What was taken back never happened. */
export function turnsOf(exchanges: readonly Exchange[]): readonly Turn[] {
  return exchanges.filter(({ state }) => state !== "rolled_back").flatMap(turnsOfOne);
}

function turnsOfOne({ number, state, message, answer, startedAt, endedAt }: Exchange): readonly Turn[] {
  const asked: Turn = { role: "user", text: message, number, at: new Date(startedAt).toISOString() };
  if (answer === undefined || state === "failed") return [asked];
  const at = new Date(endedAt ?? startedAt).toISOString();
  const said: Turn = { role: "assistant", text: answer, number, at };
  return [asked, state === "answered" ? said : { ...said, interrupted: true }];
}

/** The exchanges of a conversation that are in the store, in order; what was pruned is gone. */
export async function findExchanges(runtime: Runtime, workflow: string, session: string): Promise<readonly number[]> {
  const records = await runtime.store.runs({ workflow });
  return records
    .flatMap(({ id }) => (id.startsWith(`${session}.`) ? [Number(id.slice(session.length + 1))] : []))
    .filter((number) => Number.isSafeInteger(number) && number > 0)
    .sort((one, other) => one - other);
}

/** Names of conversations stand in the ids of their runs. Fails with E_USAGE. */
export function checkSession(session: string): void {
  if (/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/.test(session)) return;
  throw nanobrainError("E_USAGE", {
    problem: `Cannot use ${JSON.stringify(session)} for a conversation's name: up to 100 letters, digits, "-" and "_" are expected`,
  });
}
