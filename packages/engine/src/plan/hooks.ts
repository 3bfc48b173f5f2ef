import type { ComponentCall } from "../contracts/executor.js";
import type { ComponentEntry } from "../document/document.js";
import type { Scope } from "./compilation.js";
import type { Plan } from "./plan.js";
import { resolveComponent } from "./step-nodes.js";

/** The components that run after the end of a run. */
export async function resolveHooks(scope: Scope): Promise<Plan["hooks"]> {
  const { onFailure, onSuccess, onPause } = scope.document.hooks;
  const failure = await callOf(scope, onFailure);
  const success = await callOf(scope, onSuccess);
  const pause = await callOf(scope, onPause);
  return {
    ...(failure === undefined ? {} : { onFailure: failure }),
    ...(success === undefined ? {} : { onSuccess: success }),
    ...(pause === undefined ? {} : { onPause: pause }),
  };
}

async function callOf(scope: Scope, entry: ComponentEntry | undefined): Promise<ComponentCall | undefined> {
  return entry === undefined ? undefined : (await resolveComponent(scope, entry))?.call;
}
