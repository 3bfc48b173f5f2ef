import { join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { readText, root } from "./project.js";

const path = join(root, "test/types/define-workflow.ts");

/** Lines of the fixture's faults, with all their texts; the text may be changed first. */
function faultsOf(change: (text: string) => string): ReadonlyMap<number, string> {
  const config = ts.readConfigFile(join(root, "test/tsconfig.json"), ts.sys.readFile).config as { extends: string };
  const { options } = ts.parseJsonConfigFileContent(
    { ...config, include: [], files: [path] },
    ts.sys,
    join(root, "test"),
  );
  const host = ts.createCompilerHost(options);
  const { readFile } = host;
  host.readFile = (file) => (file === path ? change(readText("test/types/define-workflow.ts")) : readFile(file));
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
    expect(Object.fromEntries(faultsOf((text) => text))).toEqual({});
  });

  it("messages: name what is wrong, and what would be right", () => {
    const expected = readText("test/types/define-workflow.ts")
      .split("\n")
      .flatMap((line, index) => {
        const said = marker.exec(line)?.[1];
        return said === undefined ? [] : [[index + 2, said] as const];
      });
    expect(expected.length).toBeGreaterThan(20);
    const faults = faultsOf((text) => text.replaceAll("@ts-expect-error", "here:"));
    expect([...faults.keys()]).toEqual(expected.map(([line]) => line));
    expect(expected.filter(([line, said]) => faults.get(line)?.includes(said) !== true)).toEqual([]);
  });
});
