import type { SteeringAction } from "../../contracts/requests.js";
import type { RunStatus } from "../../contracts/store.js";
import { type NanobrainError, nanobrainError } from "../../errors/nanobrain-error.js";
import type { HostParts } from "../../host/parts.js";
import type { Unstamped } from "../../kernel/event.js";
import type { RunTree } from "../../kernel/state.js";

/** What an action means for a run as it is now: one input to journal, or nothing as it is so already. `text`: what to tell who asked. */
export type Verdict =
  | { readonly status: "apply"; readonly input: Unstamped; readonly text: string }
  | { readonly status: "nothing"; readonly text: string };

export type Judging = {
  readonly parts: HostParts;
  readonly tree: RunTree;
  readonly action: SteeringAction;
  readonly by: string;
};

export function wrongState(tree: RunTree, action: string, status: RunStatus): NanobrainError {
  return nanobrainError("E_RUN_STATE", { action, run: tree.name, status });
}
