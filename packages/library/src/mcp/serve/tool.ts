import type { CallToolResult, Tool } from "@modelcontextprotocol/sdk/types.js";
import type { Json, RunHandle } from "@nanobrain/engine";

export type CallPlace = {
  /** The caller does not want the answer any more. */
  readonly signal: AbortSignal;
  /** Tells how far a run is, to whoever asked to hear it. */
  progress(done: number, total: number, text: string): void;
};

/** A tool that clients are offered. What its `call` throws becomes an answer that says what went wrong. */
export type ServedTool = {
  readonly declaration: Tool;
  call(given: { readonly [name: string]: Json }, place: CallPlace): Promise<CallToolResult>;
};

export type FollowRun = (handle: RunHandle, place: CallPlace) => Promise<CallToolResult>;
