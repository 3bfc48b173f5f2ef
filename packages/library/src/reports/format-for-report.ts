import type { Json, StepContext } from "@nanobrain/engine";

export function formatForReport(value: Json, _context: StepContext): Json {
  return value;
}
