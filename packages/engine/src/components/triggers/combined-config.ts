import type { Zod } from "../../contracts/component.js";
import { duration, stepTargets } from "./trigger-parts.js";

/** The config of triggers made of other triggers. */
export function combinedConfig(zod: Zod) {
  return zod.strictObject({
    triggers: zod.array(zod.string().min(1)).min(1).describe("Names of triggers of this document."),
    window: duration(zod).optional().describe("Span within which they must fire."),
    step_targets: stepTargets(zod),
  });
}
