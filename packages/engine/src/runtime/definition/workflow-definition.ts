import type { OpenPorts } from "../../components/define-step.js";
import type { StandardSchema } from "../../components/standard-schema.js";
import type { NamedFunction, StepDefinition } from "../../contracts/component.js";
import type { JsonObject } from "../../contracts/json.js";

/** A workflow built in TypeScript: its document as data, and the code that stands in it. `defineWorkflow` makes it. */
export interface WorkflowDefinition<Inputs = OpenPorts, Outputs = OpenPorts> {
  readonly kind: "workflow_definition";
  readonly name: string;
  /** What a YAML file would say. */
  readonly document: JsonObject;
  /** Classes it uses, those of nested definitions too. */
  readonly steps: readonly StepDefinition[];
  /** Functions that stand in it, by the names that `document` gives them. */
  readonly functions: { readonly [name: string]: NamedFunction };
  /** Schemas of its inputs, which may check more than the JSON Schema made of them. */
  readonly inputs: { readonly [unit: string]: StandardSchema };
  /** For the compiler only; never there. */
  readonly "~ports"?: { readonly inputs: Inputs; readonly outputs: Outputs };
}

export function isWorkflowDefinition(value: unknown): value is WorkflowDefinition {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "workflow_definition";
}
