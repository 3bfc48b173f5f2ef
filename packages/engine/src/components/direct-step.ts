import type { StepDefinition } from "../contracts/component.js";
import type { DirectStep } from "../contracts/direct-step.js";

const known = new WeakMap<StepDefinition, DirectStep>();

/** Keeps the bare code of a definition beside it: it is no part of what a definition says. */
export function noteDirect(definition: StepDefinition, direct: DirectStep): void {
  known.set(definition, direct);
}

/** The bare code of a class that `defineStep` made; undefined: it can be run by its definition only. */
export function directOf(definition: StepDefinition): DirectStep | undefined {
  return known.get(definition);
}
