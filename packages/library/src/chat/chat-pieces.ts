import type { Json, Plan, RunEvent, Runtime } from "@nanobrain/engine";

/** A piece of an answer while it is made. */
export type ChatPiece = {
  /** The exchange it belongs to. */
  readonly turn: number;
  /** Where it stands: give it as `after` to go on behind this piece, from whatever process. */
  readonly position: number;
  /** More of the answer; empty at a restart. */
  readonly text: string;
  /** True: what was said before does not count, as the agent begins anew after a failure or a crash. */
  readonly restart: boolean;
};

const agentClass = "nanobrain.library.steps.AgentProcessingStep";

/** What an event of a turn's run says of the answer; `turn` is filled in by who knows it. */
export async function piecesOf(runtime: Runtime, plan: Plan, event: RunEvent): Promise<readonly ChatPiece[]> {
  if (event.type !== "attempt.emitted" || event.port !== "stream" || event.run !== 0) return [];
  const node = plan.workflows[0]?.nodes[event.node];
  if (node?.step?.component?.class !== agentClass) return [];
  return pieceOf(await runtime.value(event.value), event.seq);
}

function pieceOf(value: Json, position: number): readonly ChatPiece[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  const { text, restart } = value as { readonly text?: Json; readonly restart?: Json };
  if (restart === true) return [{ turn: 0, position, text: "", restart: true }];
  return typeof text === "string" && text !== "" ? [{ turn: 0, position, text, restart: false }] : [];
}
