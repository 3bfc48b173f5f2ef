import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { catalogue } from "./catalogue.js";
import { diagnosticCodes } from "./diagnostics.js";
import { nanobrainError } from "./nanobrain-error.js";
import { runWarningCodes } from "./run-warnings.js";

const packages = fileURLToPath(new URL("../../..", import.meta.url));
const pages = fileURLToPath(new URL("../../../../docs/errors", import.meta.url));

const runCodes: readonly string[] = Object.keys(catalogue);
const describedCodes: readonly string[] = Object.keys({ ...diagnosticCodes, ...runWarningCodes });

/** The product's own code with the users' test kit, without tests, our own aids for them and the catalogues. */
const sources = ["engine", "library", "nanobrain"]
  .flatMap((name) => filesBelow(join(packages, name, "src")))
  .filter((path) => path.endsWith(".ts") && !/\.test\.ts$|\/(testing(?!\/kit)|end-to-end)\//.test(path))
  .map((path) => ({ path, text: readFileSync(path, "utf8") }));

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

const isCatalogue = (path: string): boolean => /\/errors\/(catalogue|diagnostics|run-warnings)\.ts$/.test(path);

/** Sections of the pages: each begins with a heading that is its code. */
function sections(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const name of readdirSync(pages)) {
    for (const part of readFileSync(join(pages, name), "utf8").split(/^## /m).slice(1)) {
      const code = part.slice(0, part.search(/\s/));
      expect(found.has(code), `${code} has two sections`).toBe(false);
      found.set(code, part);
    }
  }
  return found;
}

describe("codes", () => {
  it("catalogues: no code stands in two", () => {
    expect(runCodes.filter((code) => describedCodes.includes(code))).toEqual([]);
  });

  it("pages: every code has a section, every section a code", () => {
    expect([...sections().keys()].sort()).toEqual([...runCodes, ...describedCodes].sort());
  });

  it("pages: each section shows what is printed, or names the file that has the case", () => {
    const unshown = [...sections()].filter(
      ([code, text]) => !/^```text\n[^`]*\b[EW]_/m.test(text) && !namesFileWith(code, text),
    );
    expect(unshown.map(([code]) => code)).toEqual([]);
  });

  it("pages: each section says how to mend it", () => {
    const silent = [...sections()].filter(([, text]) => !/^\*\*Mend\.\*\* \S.{7,}/m.test(text));
    expect(silent.map(([code]) => code)).toEqual([]);
  });

  it("sources: every code is used outside the catalogues", () => {
    const text = sources
      .filter(({ path }) => !isCatalogue(path))
      .map((source) => source.text)
      .join("\n");
    expect([...runCodes, ...describedCodes].filter((code) => !text.includes(`"${code}"`))).toEqual([]);
  });

  it("sources: nothing is thrown but errors of the catalogue", () => {
    const bare = sources.filter(({ text }) => /\bthrow new (?!NanobrainError\b)\w*Error\b/.test(text));
    expect(bare.map(({ path }) => path)).toEqual([]);
  });

  it("messages: what stands in braces is filled in from the details", () => {
    for (const [code, { message }] of Object.entries(catalogue)) {
      const names = [...message.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "");
      const details = Object.fromEntries(names.map((name) => [name, `<${name}>`]));
      const filled = nanobrainError(code as keyof typeof catalogue, details).message;
      for (const name of names) expect(filled).toContain(`<${name}>`);
      expect(filled).not.toMatch(/[{}]/);
    }
  });
});

/** Whether a section without an example names a file of the project in which its code occurs. */
function namesFileWith(code: string, section: string): boolean {
  const [, path] = /`(packages\/[\w./-]+\.ts)`/.exec(section) ?? [];
  return path !== undefined && readFileSync(join(packages, "..", path), "utf8").includes(`"${code}"`);
}
