import { join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { readText, root } from "./project.js";

const fixture = "test/types/define-workflow.ts";

/** Lines of the faults of a text, compiled as if it were that file, with all that the compiler says. */
function faultsOf(name: string, text: string): ReadonlyMap<number, string> {
  const path = join(root, name);
  const config = ts.readConfigFile(join(root, "test/tsconfig.json"), ts.sys.readFile).config as { extends: string };
  const { options } = ts.parseJsonConfigFileContent(
    { ...config, include: [], files: [path] },
    ts.sys,
    join(root, "test"),
  );
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists } = host;
  host.fileExists = (file) => file === path || fileExists(file);
  host.readFile = (file) => (file === path ? text : readFile(file));
  const program = ts.createProgram([path], options, host);
  const source = program.getSourceFile(path);
  if (source === undefined) throw new TypeError("the fixture is not there");
  const faults = program.getSemanticDiagnostics(source).map((found) => {
    const line = ts.getLineAndCharacterOfPosition(source, found.start ?? 0).line + 1;
    return [line, ts.flattenDiagnosticMessageText(found.messageText, "\n")] as const;
  });
  return new Map(faults);
}

/** What an editor offers at the mark `^` of each text, one after the other, as if it were that file. */
function offersAt(name: string, marked: readonly string[]): readonly (readonly string[])[] {
  const path = join(root, name);
  let version = 0;
  const text = (): string => (marked[version] ?? "").replace("^", "");
  const config = ts.readConfigFile(join(root, "test/tsconfig.json"), ts.sys.readFile).config as { extends: string };
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, join(root, "test"));
  const service = ts.createLanguageService({
    getCompilationSettings: () => options,
    getScriptFileNames: () => [path],
    getScriptVersion: (file) => (file === path ? String(version) : "0"),
    getScriptSnapshot: (file) => {
      const found = file === path ? text() : ts.sys.readFile(file);
      return found === undefined ? undefined : ts.ScriptSnapshot.fromString(found);
    },
    getCurrentDirectory: () => root,
    getDefaultLibFileName: (given) => ts.getDefaultLibFilePath(given),
    fileExists: (file) => file === path || ts.sys.fileExists(file),
    readFile: (file) => (file === path ? text() : ts.sys.readFile(file)),
    directoryExists: (folder) => ts.sys.directoryExists(folder),
  });
  return marked.map((one, index) => {
    version = index;
    return service.getCompletionsAtPosition(path, one.indexOf("^"), {})?.entries.map((entry) => entry.name) ?? [];
  });
}

const marker = /^ *\/\/ @ts-expect-error (.*)$/;

describe("types of defineWorkflow", () => {
  it("what fits compiles, what does not fit does not", () => {
    expect(Object.fromEntries(faultsOf(fixture, readText(fixture)))).toEqual({});
  });

  it("the page of the API: its workflow compiles", () => {
    const block = [...readText("docs/api.md").matchAll(/^```ts\n([\s\S]*?)^```$/gm)].at(-1)?.[1] ?? "";
    expect(block).toContain("defineWorkflow");
    const source = block.replace('"@nanobrain/engine"', '"../packages/engine/src/index.js"');
    expect(Object.fromEntries(faultsOf("test/page.ts", source))).toEqual({});
    const faulty = source
      .replace("one.year > 2000", "one.yaer > 2000")
      .replace("console.log(outputs.notes)", "outputs.note");
    expect([...faultsOf("test/page.ts", faulty).values()].map((text) => /Property '(\w+)'/.exec(text)?.[1])).toEqual([
      "yaer",
      "note",
    ]);
  });

  it("an editor: offers sources, ports and targets by name", () => {
    const text = (input: string, link: string) => `
import { z } from "zod";
import { defineStep, defineWorkflow } from "../packages/engine/src/index.js";
declare const unused: () => never;
const search = defineStep({ class: "S", version: "1", inputs: { query: z.string(), limit: z.number() }, outputs: { papers: z.array(z.string()) }, run: unused });
defineWorkflow({
  name: "offers",
  input_data_units: { topic: z.string() },
  output_data_units: { report: z.array(z.string()) },
  steps: { search: { class: search, inputs: { ${input} } }, other: { class: search } },
  links: { out: { class: "DirectLink", config: { ${link} } } },
});`;
    const sources = ["topic", "search.papers", "search.error", "other.papers"];
    const [from, ports, source, target] = offersAt("test/page.ts", [
      text('query: { from: "^" }', ""),
      text("^", ""),
      text("", 'source: "^", target: "report"'),
      text("", 'source: "search.papers", target: "^"'),
    ]);
    expect(from).toEqual(expect.arrayContaining(sources));
    expect([...(ports ?? [])].sort().slice(0, 2)).toEqual(["limit", "query"]);
    expect(source).toEqual(expect.arrayContaining(sources));
    expect(target).toEqual(expect.arrayContaining(["report", "search.query", "other.limit"]));
  });

  it("messages: name what is wrong, and what would be right", () => {
    const expected = readText(fixture)
      .split("\n")
      .flatMap((line, index) => {
        const said = marker.exec(line)?.[1];
        return said === undefined ? [] : [[index + 2, said] as const];
      });
    expect(expected.length).toBeGreaterThan(20);
    const faults = faultsOf(fixture, readText(fixture).replaceAll("@ts-expect-error", "here:"));
    expect([...faults.keys()]).toEqual(expected.map(([line]) => line));
    expect(expected.filter(([line, said]) => faults.get(line)?.includes(said) !== true)).toEqual([]);
  });
});
