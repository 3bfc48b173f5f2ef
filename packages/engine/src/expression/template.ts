import { Liquid, LiquidError } from "liquidjs";
import type { JsonObject } from "../contracts/json.js";
import { nanobrainError } from "../errors/nanobrain-error.js";
import { addFilters, escapeHtml, printed, type TemplateFormat } from "./template-filters.js";

export type { TemplateFormat } from "./template-filters.js";

export const MAX_TEMPLATE_CHARACTERS = 1_000_000;
export const MAX_OUTPUT_CHARACTERS = 64_000_000;
const RENDER_LIMIT_MS = 20_000;
/** Characters and items that filters and ranges make, all together. */
const MEMORY_LIMIT = 30_000_000;
/** Reading them takes time that grows faster than their number. */
export const MAX_TEMPLATE_TAGS = 10_000;

/** Texts that `{% include %}`, `{% render %}` and `{% layout %}` may name. There are no others: no file is read. */
export type Partials = { readonly [name: string]: string };

export type TemplateOptions = {
  readonly format: TemplateFormat;
  readonly partials?: Partials;
  readonly timeoutMs?: number;
};

export type TemplateProblem = {
  readonly code: "E_EXPR_SYNTAX" | "E_EXPR_LIMIT";
  readonly message: string;
  readonly offset?: number;
  readonly length?: number;
};

/** What is wrong with a Liquid template before it is rendered. Empty: nothing that can be seen. */
export function checkTemplate(source: string): readonly TemplateProblem[] {
  const tooMuch = excessOf(source);
  if (tooMuch !== undefined) return [{ code: "E_EXPR_LIMIT", message: tooMuch }];
  const reserved = RESERVED.exec(source);
  if (reserved !== null) {
    const length = "__proto__".length;
    const offset = reserved.index + reserved[0].length - length;
    return [{ code: "E_EXPR_SYNTAX", message: RESERVED_MESSAGE, offset, length }];
  }
  try {
    engine({ format: "text" }).parse(source);
    return [];
  } catch (error) {
    return [problemOf(error)];
  }
}

/** A name that is no field of anything; tags that set names would reach what all objects share. */
const RESERVED = /\{%[^%]*?__proto__/;
const RESERVED_MESSAGE = "The name __proto__ cannot be used in a tag";

/** What there is too much of; undefined: nothing. */
function excessOf(source: string): string | undefined {
  if (source.length > MAX_TEMPLATE_CHARACTERS)
    return `The template has ${source.length} characters, ${MAX_TEMPLATE_CHARACTERS} are allowed`;
  const tags = source.match(/\{[{%]/g)?.length ?? 0;
  return tags > MAX_TEMPLATE_TAGS ? `The template has ${tags} tags, ${MAX_TEMPLATE_TAGS} are allowed` : undefined;
}

/**
 * Fills in a template. Names are own fields of `values`; one that is not there is a failure, but for `{% if %}` and
 * `| default`. In `html` every value is escaped unless its last filter is `raw`. Lists and objects print as JSON.
 * Throws E_TEMPLATE, and E_TEMPLATE_LIMIT where it takes too long or grows too large.
 */
export function renderTemplate(source: string, values: JsonObject, options: TemplateOptions): string {
  for (const text of [source, ...Object.values(options.partials ?? {})]) {
    const what = excessOf(text);
    if (what !== undefined) throw nanobrainError("E_TEMPLATE_LIMIT", { what });
    if (RESERVED.test(text)) throw nanobrainError("E_TEMPLATE", { what: RESERVED_MESSAGE });
  }
  const liquid = engine(options);
  let text: string;
  try {
    text = String(liquid.renderSync(liquid.parse(source), values));
  } catch (error) {
    throw failureOf(error);
  }
  if (text.length <= MAX_OUTPUT_CHARACTERS) return text;
  throw nanobrainError("E_TEMPLATE_LIMIT", { what: `it gives more than ${MAX_OUTPUT_CHARACTERS} characters` });
}

function engine({ format, partials, timeoutMs = RENDER_LIMIT_MS }: TemplateOptions): Liquid {
  const liquid = new Liquid({
    strictFilters: true,
    strictVariables: true,
    lenientIf: true,
    ownPropertyOnly: true,
    templates: { ...partials },
    timezoneOffset: 0,
    locale: "en-US",
    parseLimit: MAX_TEMPLATE_CHARACTERS,
    renderLimit: timeoutMs,
    memoryLimit: MEMORY_LIMIT,
    outputEscape: format === "html" ? (value: unknown) => escapeHtml(printed(value)) : printed,
  });
  addFilters(liquid, format);
  return liquid;
}

/** Where and why, from an error of the library or of a filter. */
function problemOf(error: unknown): TemplateProblem {
  if (error instanceof RangeError) return { code: "E_EXPR_LIMIT", message: "The template is nested too deeply" };
  if (!LiquidError.is(error))
    return { code: "E_EXPR_SYNTAX", message: error instanceof Error ? error.message : "it cannot be read" };
  const { begin, end } = error.token as { readonly begin: number; readonly end: number };
  const plain = error.message.replace(/, (file:.*, )?line:\d+, col:\d+$/s, "");
  const message = plain.replace(/^ENOENT: Failed to lookup ("[^"]*") in.*$/s, "there is no template $1 to include");
  const offset = Math.max(0, begin);
  return { code: "E_EXPR_SYNTAX", message, offset, length: Math.max(0, end - offset) };
}

const LIMIT = /(template render|memory alloc|parse length) limit exceeded|Invalid string length|call stack/;

function failureOf(error: unknown): Error {
  const inner: unknown = LiquidError.is(error) ? (error as { originalError?: unknown }).originalError : error;
  const { message } = problemOf(error);
  const isLimit = LIMIT.test(message) || inner instanceof RangeError;
  const place = LiquidError.is(error) ? placeText(error) : "";
  return nanobrainError(isLimit ? "E_TEMPLATE_LIMIT" : "E_TEMPLATE", {
    what: `${innerMessage(inner) ?? message}${place}`,
  });
}

/** The message of a failure of ours inside the library's. */
function innerMessage(error: unknown): string | undefined {
  if (!(error instanceof Error) || error.name !== "NanobrainError") return undefined;
  const { details } = error as Error & { readonly details?: { readonly what?: unknown } };
  return typeof details?.what === "string" ? details.what : error.message;
}

function placeText(error: LiquidError): string {
  const [, line, column] = /line:(\d+), col:(\d+)$/.exec(error.message) ?? [];
  return line === undefined ? "" : ` (line ${line}, column ${column})`;
}
