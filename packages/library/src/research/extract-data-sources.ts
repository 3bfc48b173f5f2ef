import type { Json, StepContext } from "@nanobrain/engine";

export function extractDataSources(value: Json, _context: StepContext): Json {
  return value;
}
