import type { ComponentCall } from "../contracts/executor.js";
import { ownField } from "./own-field.js";
import type { PlanStep } from "./plan.js";

const waiting: { readonly [className: string]: NonNullable<PlanStep["waits"]> } = {
  "nanobrain.core.step.WaitStep": "time",
  "nanobrain.core.step.ApprovalStep": "person",
};

/** What ends the waiting of a component's attempts. Undefined: they do not wait. */
export function waitOf(component: ComponentCall | undefined): PlanStep["waits"] {
  return component === undefined || component.module !== undefined ? undefined : ownField(waiting, component.class);
}
