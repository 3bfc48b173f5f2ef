import type { z } from "zod";
import type { Zod } from "../../contracts/component.js";
import { stepTargets } from "./trigger-parts.js";

/** The config of triggers made of other triggers: the keys they share, and those of one kind. */
export function combinedConfig(zod: Zod, own: { readonly [key: string]: z.ZodType }) {
  return zod.strictObject({
    triggers: zod.array(zod.string().min(1)).min(1).describe("Names of triggers of this document."),
    ...own,
    step_targets: stepTargets(zod),
  });
}
