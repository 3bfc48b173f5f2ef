import { describe, expect, it } from "vitest";
import { filesBelow, packageFolders, readText } from "./project.js";

/** Ways to run text as code. */
const codeFromText = [/\beval\s*\(/, /\bnew\s+Function\b/, /\bFunction\s*\(["'`]/, /["'`](node:)?vm["'`]/, /\bvm2\b/];

/** Compiles users' modules to find where their syntax is wrong, and must not run what it compiled. */
const onlyCompiles = "packages/engine/dist/adapters/modules/strip-types.js";

/** What Node 20 does not have. */
const newerThanNode20 = [
  /\bPromise\.(withResolvers|try)\b/,
  /\bArray\.fromAsync\b/,
  /\bIterator\.(from|concat)\b/,
  /\b(Object|Map)\.groupBy\b/,
  /\bError\.isError\b/,
  /\bRegExp\.escape\b/,
  /\bURL\.parse\b/,
  /\bUint8Array\.from(Base64|Hex)\b/,
  /\bMath\.sumPrecise\b/,
  /\bnew WebSocket\b/,
  /\.(isSubsetOf|isSupersetOf|isDisjointFrom|symmetricDifference)\(/,
  /from "node:sqlite"/,
];

function hits(paths: readonly string[], patterns: readonly RegExp[]): readonly string[] {
  return paths.flatMap((path) =>
    readText(path)
      .split("\n")
      .flatMap((line, index) =>
        patterns.some((pattern) => pattern.test(line)) ? [`${path}:${index + 1}: ${line.trim()}`] : [],
      ),
  );
}

const built = packageFolders().flatMap((folder) =>
  filesBelow(`packages/${folder}/dist`, (name) => name.endsWith(".js") && !name.endsWith(".test.js")),
);

const sources = [
  ...packageFolders().flatMap((folder) =>
    filesBelow(`packages/${folder}/src`, (name) => name.endsWith(".ts") && !name.endsWith(".test.ts")),
  ),
  ...filesBelow("scripts", (name) => name.endsWith(".mjs")),
  ...filesBelow("examples", (name) => /\.(ts|js|mjs)$/.test(name)),
];

describe("our own code", () => {
  it("built code: nothing runs text as code", () => {
    expect(built.length).toBeGreaterThan(20);
    const elsewhere = built.filter((path) => path !== onlyCompiles);
    expect(elsewhere.length).toBe(built.length - 1);
    expect(hits(elsewhere, codeFromText)).toEqual([]);
    expect(hits([onlyCompiles], [...codeFromText.slice(0, 3), /\brunIn/, /createContext|SourceTextModule/])).toEqual(
      [],
    );
  });

  it("sources: nothing that Node 20 lacks (node:sqlite only by a guarded dynamic import)", () => {
    expect(sources.length).toBeGreaterThan(20);
    expect(hits(sources, newerThanNode20)).toEqual([]);
  });

  it("sources: no rule of the linters or the compiler is switched off", () => {
    expect(hits(sources, [/@ts-(ignore|nocheck|expect-error)/, /eslint-disable/, /biome-ignore/])).toEqual([]);
  });

  it("patterns: each finds what it is for", () => {
    const dangerous = ["eval(x)", "new Function(x)", 'Function("x")', 'import("node:vm")', "require('vm')", "vm2"];
    expect(dangerous.filter((line) => !codeFromText.some((pattern) => pattern.test(line)))).toEqual([]);
    const newer = [
      "Promise.withResolvers()",
      "Promise.try(f)",
      "Array.fromAsync(x)",
      "Iterator.from(x)",
      "Object.groupBy(x, f)",
    ];
    expect(newer.filter((line) => !newerThanNode20.some((pattern) => pattern.test(line)))).toEqual([]);
  });
});
