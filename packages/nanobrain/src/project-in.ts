import type { RunEvent } from "@nanobrain/engine";

/** The folder of a run's document, as its journal says. */
export function projectIn(events: readonly RunEvent[]): string | undefined {
  const created = events.find((event) => event.type === "run.created");
  const project = created?.type === "run.created" ? created.options["project"] : undefined;
  return typeof project === "string" ? project : undefined;
}
