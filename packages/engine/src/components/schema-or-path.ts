import type { z } from "zod";
import type { Zod } from "../contracts/component.js";

/** A JSON Schema in place, or the path of a file that holds one. */
export function schemaOrPath(zod: Zod): z.ZodType {
  return zod.union([zod.record(zod.string(), zod.unknown()), zod.boolean(), zod.string().min(1)]);
}
