import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { fileHash, importedFile, isCode } from "./module-files.js";
import { stripTypes } from "./strip-types.js";

/**
 * How Node loads users' modules. Only files whose address carries the mark are touched, and what they import; all
 * else loads as ever. The mark is the hash of the file and its imports, so an edited file is another module.
 */
const mark = "?nanobrain=";

export type HookData = {
  /** Folder for stripped code; null: none is kept. */
  readonly cacheFolder: string | null;
  /** URL of a file of the running installation: `@nanobrain/*` and `zod` are looked up from there. */
  readonly installation: string;
};

type ResolveContext = { readonly parentURL?: string | undefined; readonly importAttributes?: object };
type Resolved = { readonly url: string; readonly format?: string | null; readonly shortCircuit?: boolean };
type Loaded = { readonly format?: string | null; readonly source?: unknown; readonly shortCircuit?: boolean };
type Next<Context, Result> = (subject: string, context: Context) => Result;

/** The address under which a user's file is imported. */
export function markedUrl(file: string): string {
  return `${pathToFileURL(file).href}${mark}${fileHash(file).slice(0, 16)}`;
}

let data: HookData = { cacheFolder: null, installation: import.meta.url };

/** Called once, before any user's module is loaded; by Node where hooks have a thread of their own. */
export function initialize(given: HookData): void {
  data = given;
}

export async function resolve(
  specifier: string,
  context: ResolveContext,
  next: Next<ResolveContext, Promise<Resolved>>,
): Promise<Resolved> {
  const way = wayOf(specifier, context);
  if ("url" in way) return way;
  const [first, second] = way.parents;
  try {
    return await next(specifier, { ...context, parentURL: first });
  } catch (error) {
    if (second === undefined) throw error;
    return next(specifier, { ...context, parentURL: second });
  }
}

export function resolveSync(
  specifier: string,
  context: ResolveContext,
  next: Next<ResolveContext, Resolved>,
): Resolved {
  const way = wayOf(specifier, context);
  if ("url" in way) return way;
  const [first, second] = way.parents;
  try {
    return next(specifier, { ...context, parentURL: first });
  } catch (error) {
    if (second === undefined) throw error;
    return next(specifier, { ...context, parentURL: second });
  }
}

/** Answers what `next` answers: a promise where hooks are asynchronous. */
export function load<Result>(url: string, context: object, next: Next<object, Result>): Result | Loaded {
  if (!url.includes(mark) || !isCode(new URL(url).pathname)) return next(url, context);
  const file = fileURLToPath(url);
  const source = readFileSync(file, "utf8");
  const isTypescript = extname(file).endsWith("ts");
  return { format: "module", source: isTypescript ? stripTypes(source, data.cacheFolder) : source, shortCircuit: true };
}

type Way = Resolved | { readonly parents: readonly [string | undefined, string?] };

/** The address of what is imported, or from where (first, then second) it is to be looked up. */
function wayOf(specifier: string, { parentURL }: ResolveContext): Way {
  if (specifier.startsWith("file:") && specifier.includes(mark)) return { url: specifier, shortCircuit: true };
  const at = parentURL?.lastIndexOf(mark) ?? -1;
  if (parentURL === undefined || at < 0) return { parents: [parentURL] };
  const importer = parentURL.slice(0, at);
  if (/^\.{1,2}(\/|$)/.test(specifier)) {
    const file = importedFile(fileURLToPath(importer), specifier);
    return file === undefined ? { parents: [importer] } : { url: markedUrl(file), shortCircuit: true };
  }
  return { parents: /^(zod|@nanobrain\/[^/]+)(\/|$)/.test(specifier) ? [data.installation, importer] : [importer] };
}
