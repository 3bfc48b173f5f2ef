import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { packageFolders, readText, root } from "./project.js";

const rowIds: readonly string[] = [
  ["C", 8],
  ["X", 6],
  ["D", 5],
  ["T", 3],
  ["E", 7],
  ["G", 6],
  ["L", 3],
  ["P", 4],
  ["M", 4],
  ["A", 1],
  ["B", 7],
].flatMap(([letter, count]) => Array.from({ length: Number(count) }, (_, index) => `${letter}${index + 1}`));

/** Paths in backticks: what has a slash and ends in a slash or in a suffix. */
function namedPaths(text: string): readonly string[] {
  const quoted = [...text.matchAll(/`([\w.@-]+(?:\/[\w.@-]+)*\/?)`/g)].map((match) => match[1] ?? "");
  return quoted.filter((path) => path.includes("/") && /(\/|\.[a-z]{1,5})$/.test(path) && !path.startsWith("@"));
}

function missing(paths: readonly string[]): readonly string[] {
  return [...new Set(paths)].filter((path) => !existsSync(join(root, path)));
}

function folders(path: string): readonly string[] {
  return readdirSync(join(root, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
}

describe("ARCHITECTURE.md", () => {
  it("rooms: every one it names as src/ROOM/ exists, every one existing is named", () => {
    const text = readText("ARCHITECTURE.md");
    const named = [...text.matchAll(/\bsrc\/([a-z][a-z-]*)\//g)].map((match) => match[1] ?? "");
    const existing = packageFolders().flatMap((name) => folders(`packages/${name}/src`));
    expect([...new Set(named)].sort()).toEqual([...new Set(existing)].sort());
  });

  it("packages: every one is named", () => {
    const text = readText("ARCHITECTURE.md");
    const names = packageFolders().map(
      (folder) => (JSON.parse(readText(`packages/${folder}/package.json`)) as { name: string }).name,
    );
    expect(names.filter((name) => !text.includes(name))).toEqual([]);
  });

  it("length: 150 lines at most", () => {
    expect(readText("ARCHITECTURE.md").trimEnd().split("\n").length).toBeLessThanOrEqual(150);
  });
});

describe("docs/features.md", () => {
  const rows = (): ReadonlyMap<string, string> =>
    new Map(
      [...readText("docs/features.md").matchAll(/^\|\s*([A-Z]\d+)\s*\|(.*)$/gm)].map((match) => [
        match[1] ?? "",
        match[2] ?? "",
      ]),
    );

  it("rows: exactly those of the mission, each once", () => {
    const ids = [...readText("docs/features.md").matchAll(/^\|\s*([A-Z]\d+)\s*\|/gm)].map((match) => match[1] ?? "");
    expect([...ids].sort()).toEqual([...rowIds].sort());
  });

  it("each row: names a test that exists, or says that it is not there yet", () => {
    const unproven = [...rows()].filter(([, row]) => !/`[\w./-]+\.test\.ts`/.test(row) && !/not yet/i.test(row));
    expect(unproven.map(([id]) => id)).toEqual([]);
  });

  it("files it names: all exist", () => {
    expect(missing(namedPaths(readText("docs/features.md")))).toEqual([]);
  });
});

describe("other pages", () => {
  it.each(["README.md", "CHANGELOG.md", "ARCHITECTURE.md"])(
    "%s: files it names in backticks or links exist",
    (page) => {
      const text = readText(page);
      const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)/g)].map((match) => match[1] ?? "");
      const paths = namedPaths(text).filter((path) => /^(packages|docs|examples|scripts|test|bench)\//.test(path));
      expect(missing([...links, ...paths])).toEqual([]);
    },
  );

  it("decision records: named YYYY-MM-DD-title.md, 40 lines at most", () => {
    const records = readdirSync(join(root, "docs/decisions"));
    expect(records.length).toBeGreaterThan(0);
    expect(records.filter((name) => !/^\d{4}-\d{2}-\d{2}-[a-z0-9-]+\.md$/.test(name))).toEqual([]);
    const long = records.filter((name) => readText(`docs/decisions/${name}`).trimEnd().split("\n").length > 40);
    expect(long).toEqual([]);
  });

  it("licence: each package carries the project's", () => {
    for (const folder of packageFolders()) expect(readText(`packages/${folder}/LICENSE`)).toBe(readText("LICENSE"));
  });
});
