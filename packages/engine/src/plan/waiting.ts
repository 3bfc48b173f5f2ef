import type { ComponentCall } from "../contracts/executor.js";
import { ownField } from "./own-field.js";
import type { PlanStep } from "./plan.js";

const waiting: { readonly [className: string]: NonNullable<PlanStep["waits"]> } = {
  "nanobrain.core.step.WaitStep": "time",
  "nanobrain.core.step.ApprovalStep": "person",
};

/** Whether its code may ask a person: what users wrote, and what packages bring. */
export function mayAsk(component: ComponentCall | undefined): boolean {
  if (component === undefined) return false;
  return component.module !== undefined || !component.class.startsWith("nanobrain.core.");
}

/** What ends the waiting of a component's attempts. Undefined: they do not wait, as far as the plan can know. */
export function waitOf(component: ComponentCall | undefined): PlanStep["waits"] {
  return component === undefined || component.module !== undefined ? undefined : ownField(waiting, component.class);
}
