import type { z } from "zod";
import type { Zod } from "../contracts/component.js";
import type { JsonObject } from "../contracts/json.js";
import type { Path } from "../document/document.js";

type Shape = {
  readonly properties?: { readonly [key: string]: Shape };
  readonly items?: Shape;
  readonly additionalProperties?: Shape | boolean;
  readonly anyOf?: readonly Shape[];
  readonly allOf?: readonly Shape[];
  readonly oneOf?: readonly Shape[];
};

/** The schema of a config as JSON Schema, as authors write it (before defaults). */
export function configJsonSchema(zod: Zod, schema: z.ZodType): JsonObject {
  return zod.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonObject;
}

/** The keys that may stand at a place inside a config. Empty if the schema does not say. */
export function knownKeys(zod: Zod, schema: z.ZodType, path: Path): readonly string[] {
  let shapes: readonly Shape[] = alternatives(configJsonSchema(zod, schema) as Shape);
  for (const key of path) shapes = shapes.flatMap((shape) => below(shape, key)).flatMap(alternatives);
  return [...new Set(shapes.flatMap((shape) => Object.keys(shape.properties ?? {})))];
}

function alternatives(shape: Shape): readonly Shape[] {
  const inner = [...(shape.anyOf ?? []), ...(shape.allOf ?? []), ...(shape.oneOf ?? [])];
  return [shape, ...inner.flatMap(alternatives)];
}

function below(shape: Shape, key: string | number): readonly Shape[] {
  if (typeof key === "number") return shape.items === undefined ? [] : [shape.items];
  const named = shape.properties?.[key];
  if (named !== undefined) return [named];
  return typeof shape.additionalProperties === "object" ? [shape.additionalProperties] : [];
}
