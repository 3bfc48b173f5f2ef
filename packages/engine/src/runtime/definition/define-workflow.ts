import type { AnyClass } from "./class-ports.js";
import type { InputsGiven, OutputsMade, Units } from "./reference-pairs.js";
import type { WorkflowDefinition } from "./workflow-definition.js";
import type { WorkflowSpec } from "./workflow-spec.js";
import { writtenWorkflow } from "./written-workflow.js";

/** Nothing of its kind is said. */
type None = Readonly<Record<never, never>>;

/**
 * A workflow in TypeScript, in the words of documents. Where a document names a class or a function, the class of
 * `defineStep`, another definition or a function may stand itself. The compiler checks that every source and target exists and
 * that what flows fits. Nothing is loaded or run; faults that the compiler cannot see are reported by `Workflow.from`.
 * Fails with E_USAGE for values that no document can hold.
 */
export function defineWorkflow<
  C extends { readonly [step: string]: AnyClass },
  const E extends { readonly [step: string]: unknown } = None,
  const U extends Units = None,
  const O extends Units = None,
  const D extends Units = None,
  const L extends { readonly [link: string]: unknown } = None,
  const S extends { readonly [link: string]: unknown } = None,
  const T extends { readonly [link: string]: unknown } = None,
>(spec: WorkflowSpec<U, O, D, C, E, L, S, T>): WorkflowDefinition<InputsGiven<U>, OutputsMade<O>> {
  return writtenWorkflow(spec) as WorkflowDefinition<InputsGiven<U>, OutputsMade<O>>;
}
