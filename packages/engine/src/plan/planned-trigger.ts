import type { Json, JsonObject } from "../contracts/json.js";
import { projectPath } from "../document/project-path.js";
import { durationMs } from "../document/quantities.js";
import { fault, type Scope } from "./compilation.js";
import type { PlanTrigger } from "./plan.js";
import type { TriggerDraft } from "./trigger-wiring.js";

/** Quiet time after which a file counts as complete, where nothing is said. */
const FOLDER_DEBOUNCE_MS = 1000;

export function plannedTrigger(scope: Scope, draft: TriggerDraft): PlanTrigger {
  const { trigger, kind, targets, watch, members, progress, payloadSchema } = draft;
  const { config, entry } = trigger;
  const folder = kind === "folder" ? folderOf(scope, draft) : undefined;
  return {
    name: entry.name,
    place: scope.document.places.of(entry.path, "key"),
    kind,
    targets,
    progress,
    watch,
    mode: config["mode"] === "all" ? "all" : "any",
    debounceMs: milliseconds(config["debounce"]) ?? (kind === "folder" ? FOLDER_DEBOUNCE_MS : 0),
    coalesce: config["coalesce"] === true,
    ...(kind === "timer" ? { timer: timerOf(config) } : {}),
    ...(typeof config["condition"] === "string" ? { condition: config["condition"] } : {}),
    windowMs: milliseconds(config["window"]) ?? null,
    rearmMs: milliseconds(config["rearm"]) ?? 0,
    ...(folder === undefined ? {} : { folder }),
    ...(payloadSchema === undefined ? {} : { payloadSchema }),
    members,
    ...(config["overlap"] === "skip" || config["overlap"] === "cancel" ? { overlap: config["overlap"] } : {}),
  };
}

function timerOf(config: JsonObject): NonNullable<PlanTrigger["timer"]> {
  const { cron, timezone, misfire, count } = config;
  const intervalMs = milliseconds(config["interval"]);
  return {
    ...(intervalMs === undefined ? {} : { intervalMs }),
    ...(typeof cron === "string" ? { cron } : {}),
    timezone: String(timezone),
    misfire: misfire === "skip" || misfire === "all" ? misfire : "once",
    ...(typeof count === "number" ? { count } : {}),
  };
}

function folderOf(scope: Scope, { trigger }: TriggerDraft): PlanTrigger["folder"] {
  const { entry, config } = trigger;
  const at = [...entry.configPath, "path"];
  const written = String(config["path"]);
  const found = projectPath(scope.document.places.of(at).file, written);
  if ("path" in found) return { path: found.path, pattern: String(config["pattern"]) };
  fault(scope, "E_PATH", at, `Path "${written}" ${found.problem}`);
  return undefined;
}

/** A checked duration; at least a millisecond. */
function milliseconds(written: Json | undefined): number | undefined {
  const ms =
    typeof written === "number" ? written * 1000 : typeof written === "string" ? durationMs(written) : undefined;
  return ms === undefined ? undefined : Math.max(1, Math.round(ms));
}
