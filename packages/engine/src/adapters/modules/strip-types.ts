import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Script } from "node:vm";

type Sucrase = typeof import("sucrase");

/** Raised when the stripped code of an unchanged file may differ. */
const format = "1";

/** Where a file cannot be parsed. 1-based. */
export class StripFault extends Error {
  /** Kept when the error comes from the thread of the hooks, as the class is not. */
  override readonly name = "SyntaxError";
  readonly line: number;
  readonly column: number;
  constructor(what: string, line: number, column: number) {
    super(what);
    this.line = line;
    this.column = column;
  }
}

/**
 * JavaScript of a TypeScript text, each line where it was, so that stacks are right. Kept in `cacheFolder` by content; a cache
 * that cannot be read or written costs time only. Throws StripFault.
 */
export function stripTypes(source: string, cacheFolder: string | null): string {
  if (cacheFolder === null) return strip(source);
  const file = join(cacheFolder, `${createHash("sha256").update(`${format}\0${source}`).digest("hex")}.js`);
  const kept = readKept(file);
  if (kept !== undefined) return kept;
  const code = strip(source);
  keep(cacheFolder, file, code);
  return code;
}

/** The place of the first fault in a module's text, TypeScript or JavaScript; undefined: it can be parsed. */
export function faultOf(source: string): StripFault | undefined {
  try {
    return scriptFault(source, strip(source, "imports"));
  } catch (error) {
    return error instanceof StripFault ? error : undefined;
  }
}

/** Asks the engine that would run it. As a script, since of modules it does not say where they are wrong. */
function scriptFault(source: string, code: string): StripFault | undefined {
  const prefix = "(async()=>{";
  try {
    new Script(`${prefix}${code}\n})`, { filename: "module" });
    return undefined;
  } catch (error) {
    const { message, stack } = error as SyntaxError;
    const [, lineText, text = "", caret = ""] = /^module:(\d+)\n(.*)\n( *\^)/.exec(stack ?? "") ?? [];
    const line = Number(lineText ?? 1);
    const original = source.split("\n")[line - 1] ?? "";
    const shift = line === 1 ? prefix.length : 0;
    // A line that was rewritten has other columns.
    const column =
      text.slice(shift).trimEnd() === original.trimEnd() ? caret.length - shift : original.search(/\S|$/) + 1;
    return new StripFault(message, line, column);
  }
}

function strip(source: string, ...more: readonly "imports"[]): string {
  const sucrase = createRequire(import.meta.url)("sucrase") as Sucrase;
  try {
    const transforms = ["typescript" as const, ...more];
    return sucrase.transform(source, { transforms, disableESTransforms: true, preserveDynamicImport: true }).code;
  } catch (error) {
    const { message, loc } = error as {
      readonly message: string;
      readonly loc?: { readonly line: number; readonly column: number };
    };
    throw new StripFault(message.replace(/ \(\d+:\d+\)$/, ""), loc?.line ?? 1, loc?.column ?? 1);
  }
}

const seal = (code: string): string => `\n//nanobrain ${createHash("sha256").update(code).digest("hex")}\n`;

/** What is there only counts whole: it ends with the hash of what comes before. */
function readKept(file: string): string | undefined {
  try {
    const text = readFileSync(file, "utf8");
    const end = text.lastIndexOf("\n//nanobrain ");
    const code = text.slice(0, Math.max(end, 0));
    return text === code + seal(code) ? code : undefined;
  } catch {
    return undefined;
  }
}

function keep(folder: string, file: string, code: string): void {
  const draft = `${file}.${randomUUID()}`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(draft, code + seal(code), { mode: 0o600 });
    renameSync(draft, file);
  } catch {
    rmSync(draft, { force: true });
  }
}
