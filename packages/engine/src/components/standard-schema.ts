import type { Json, JsonSchema } from "../contracts/json.js";

/** What zod, valibot, arktype and others agree on (Standard Schema 1), as far as it is used here. */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

export type StandardIssue = {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
};

/** Vendors that can say their JSON Schema do it beside `validate`. */
type JsonSchemaSource = {
  readonly jsonSchema?: {
    readonly [side in "input" | "output"]?: (options: { readonly target: "draft-2020-12" }) => unknown;
  };
};

export type InferInput<S extends StandardSchema> = NonNullable<S["~standard"]["types"]>["input"];
export type InferOutput<S extends StandardSchema> = NonNullable<S["~standard"]["types"]>["output"];

export function isStandardSchema(value: unknown): value is StandardSchema {
  if ((typeof value !== "object" && typeof value !== "function") || value === null || !("~standard" in value))
    return false;
  const standard = value["~standard"] as Partial<StandardSchema["~standard"]> | undefined;
  return typeof standard?.validate === "function";
}

/** The schema as JSON Schema; undefined when its vendor cannot say, or it has none (a Date, a class): the port is open. */
export function jsonSchemaOf(schema: StandardSchema, side: "input" | "output"): JsonSchema | undefined {
  const source = schema["~standard"] as JsonSchemaSource;
  try {
    const made = source.jsonSchema?.[side]?.({ target: "draft-2020-12" });
    if (typeof made !== "object" || made === null) return undefined;
    const { $schema: _dialect, ...plain } = JSON.parse(JSON.stringify(made)) as { readonly [key: string]: Json };
    return plain;
  } catch {
    return undefined;
  }
}

const probe = Symbol("probe");

/** Whether a value may be absent, and what then stands for it. A schema that takes anything is not optional. */
export function absenceOf(schema: StandardSchema): { readonly optional: boolean; readonly default?: Json } {
  try {
    const absent = schema["~standard"].validate(undefined);
    if (absent instanceof Promise || absent.issues !== undefined) return { optional: false };
    if (absent.value !== undefined)
      return { optional: true, default: JSON.parse(JSON.stringify(absent.value)) as Json };
    const anything = schema["~standard"].validate(probe);
    return { optional: !(anything instanceof Promise) && anything.issues !== undefined };
  } catch {
    return { optional: false };
  }
}

/** At most five issues in one line, such as `rows[2].id: expected number`. */
export function issuesText(issues: readonly StandardIssue[]): string {
  const shown = issues.slice(0, 5).map((issue) => {
    const path = (issue.path ?? []).map((part) => String(typeof part === "object" ? part.key : part)).join(".");
    return path === "" ? issue.message : `${path}: ${issue.message}`;
  });
  return issues.length > 5 ? `${shown.join("; ")}; and ${issues.length - 5} more` : shown.join("; ");
}
