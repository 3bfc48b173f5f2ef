import type { z } from "zod";
import type { Zod } from "../../contracts/component.js";
import type { Json } from "../../contracts/json.js";
import { type Delimiter, delimiters } from "./delimited-text.js";

const named = [...delimiters, "tab"] as const;

/** What a config may say of a table's delimiter. */
export function delimiterKey(zod: Zod): z.ZodType {
  return zod
    .enum(named)
    .optional()
    .describe("Tables: what is between cells, `,`, `;`, `|` or `tab`. Default: what fits a csv, tabs for a tsv.");
}

/** A delimiter as it is written in a document, for `parseText`; nothing: it is to be found. Undefined: it is none. */
export function delimiterOption(said: Json | undefined): { readonly delimiter?: Delimiter } {
  const sign = said === "tab" ? "\t" : delimiters.find((each) => each === said);
  return sign === undefined ? {} : { delimiter: sign };
}
