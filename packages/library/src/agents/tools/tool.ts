import type { Json, JsonObject } from "@nanobrain/engine";
import type { ToolDeclaration } from "../../models/model.js";
import type { SideEffect } from "./tool-config.js";

/** What a model may use. Its words are the document's, or those of a server of tools. */
export type Tool = {
  readonly declaration: ToolDeclaration;
  readonly sideEffect: SideEffect;
  readonly timeoutMs?: number;
  /** True: what it does outside is recorded piece by piece, so that the call as a whole is not. */
  readonly isMadeOfCalls?: boolean;
  /** `name`: of the call, the same on every attempt; names of effects inside begin with it. Throws what it fails with. */
  call(input: JsonObject, name: string, signal: AbortSignal): Promise<Json>;
};

export type Tools = {
  readonly list: readonly Tool[];
  close(): Promise<void>;
};
