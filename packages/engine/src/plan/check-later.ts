import type { Path } from "../document/document.js";
import { notYet, type Scope } from "./compilation.js";

const later = (what: string) => `${what} not there yet in this version`;

/** Features of later versions that are no classes, and settings that contradict the strategy. */
export function checkLater(scope: Scope): void {
  const { document } = scope;
  const say = (path: Path, what: string) => notYet(scope, path, later(what));
  if (document.strategy === "event_driven") say(["execution_strategy"], "execution_strategy: event_driven is");
  if (document.errorHandling === "rollback") say(["error_handling"], "error_handling: rollback is");
  if (document.recovery.rollbackOnFailure)
    say(["error_handling_config", "rollback_on_failure"], "rollback_on_failure is");
  if (document.completion !== "quiescent") say(["completion"], `completion: ${document.completion} is`);
  const { onFailure, onSuccess, onPause } = document.hooks;
  if (onFailure !== undefined) say(onFailure.path, "on_failure is");
  if (onSuccess !== undefined) say(onSuccess.path, "on_success is");
  if (onPause !== undefined) say(onPause.path, "on_pause is");
  for (const step of document.steps) {
    if (step.repeat !== undefined) say([...step.path, "repeat"], "repeat is");
    if (step.onRollback !== undefined) say([...step.path, "on_rollback"], "on_rollback is");
    if (step.onTimeout !== undefined) say([...step.path, "on_timeout"], "on_timeout is");
    if (step.errorHandling === "rollback") say([...step.path, "error_handling"], "error_handling: rollback is");
  }
}
