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
