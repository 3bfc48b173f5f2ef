import type { Zod } from "../../contracts/component.js";

/** The keys every link has. */
export function linkEnds(zod: Zod) {
  return {
    source: zod.string().min(1).describe("Where the value comes from: `step.port` or a data unit."),
    target: zod.string().min(1).describe("Where it goes: `step.port` or a data unit."),
    description: zod.string().optional().describe("For people."),
  };
}
