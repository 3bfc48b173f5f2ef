import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { StepDefinition } from "../../contracts/component.js";
import type { FileValue, Json, JsonObject } from "../../contracts/json.js";
import { openStepBench, type StepBench } from "../../testing/step-bench.js";
import { fileGlobStep } from "./file-glob-step.js";
import { fileReadStep } from "./file-read-step.js";
import { fileWriteStep } from "./file-write-step.js";

let bench: StepBench;
beforeEach(() => {
  bench = openStepBench();
});
afterEach(() => bench.close());

const put = (path: string, content: string | Uint8Array): void => {
  mkdirSync(join(bench.project, path, ".."), { recursive: true });
  writeFileSync(join(bench.project, path), content);
};
const read = async (config: JsonObject, inputs: { [port: string]: Json } = {}) =>
  (await bench.outputs(fileReadStep, config, { inputs }))["content"];
const readFailure = (config: JsonObject, inputs: { [port: string]: Json } = {}) =>
  bench.failure(fileReadStep, config, { inputs });
const write = (path: string, content: Json, more: JsonObject = {}) =>
  bench.outputs(fileWriteStep, { path, ...more }, { inputs: { content } });

/** Paths that no step may use, whatever lies there. */
const hostile = [
  "../secret.txt",
  "a/../../secret.txt",
  "..",
  "~/x",
  "C:/x",
  "file:x",
  "a\\b",
  "a\nb",
  "a\0b",
  "/etc/passwd",
  ".env",
  "sub/.nanobrain/x",
];

const fingerprint = async (definition: StepDefinition, config: JsonObject) =>
  JSON.stringify(
    await definition.fingerprint?.(config, { project: bench.project, roots: [], blobs: null, scratch: "" }),
  );

describe("FileReadStep", () => {
  it("parse: as said, else by the ending, else text", async () => {
    put("t.csv", "a,b\n1,\n");
    put("t.json", '{"a":1}');
    put("t.txt", "\ufeffé");
    expect(await read({ path: "t.csv" })).toEqual([{ a: "1", b: "" }]);
    expect(await read({ path: "t.csv", numbers: true, empty_as_null: true })).toEqual([{ a: 1, b: null }]);
    expect(await read({ path: "t.csv", parse: "text" })).toBe("a,b\n1,\n");
    expect(await read({ path: "t.json" })).toEqual({ a: 1 });
    expect(await read({ path: "t.txt" })).toBe("é");
  });

  it("a port in the path: fills it in and may not climb; a file value is read itself", async () => {
    put("in/a.txt", "a");
    writeFileSync(join(bench.outer, "secret.txt"), "SECRET");
    expect(await read({ path: "in/{{ name }}.txt" }, { name: "a" })).toBe("a");
    expect(await read({ path: "{{ file }}" }, { file: "in/a.txt" })).toBe("a");
    expect(await read({ path: "{{ file }}" }, { file: await bench.file("x.json", "[1]") })).toEqual([1]);
    for (const name of ["..", "../secret", "/etc/passwd", "a\0"]) {
      expect(await readFailure({ path: "in/{{ name }}" }, { name })).toMatchObject({ code: "E_PLACEHOLDER" });
      expect(await readFailure({ path: "{{ name }}" }, { name })).toMatchObject({ code: "E_PATH_REFUSED" });
    }
  });

  it.each(hostile)("%j: is refused", async (path) => {
    expect(await readFailure({ path })).toMatchObject({ kind: "configuration", code: "E_PATH_REFUSED" });
  });

  it("a link: is followed inside, refused where it leads out or to what is not for steps", async () => {
    put("real.txt", "inside");
    put(".env", "TOKEN=1");
    writeFileSync(join(bench.outer, "secret.txt"), "SECRET");
    symlinkSync("real.txt", join(bench.project, "in"));
    symlinkSync("../secret.txt", join(bench.project, "out"));
    symlinkSync(".env", join(bench.project, "env"));
    expect(await read({ path: "in" })).toBe("inside");
    for (const path of ["out", "env"]) expect(await readFailure({ path })).toMatchObject({ code: "E_PATH_REFUSED" });
  });

  it("an allowed root: may be read by its absolute path", async () => {
    const other = openStepBench([bench.outer]);
    writeFileSync(join(bench.outer, "a.txt"), "root");
    expect((await other.outputs(fileReadStep, { path: join(bench.outer, "a.txt") }))["content"]).toBe("root");
    expect(await other.failure(fileReadStep, { path: `${bench.outer}/../x` })).toMatchObject({
      code: "E_PATH_REFUSED",
    });
    await other.close();
  });

  it("what cannot be read: says why, and of which kind the failure is", async () => {
    put("bad.txt", Buffer.from([0xff, 0xfe, 0x00]));
    put("large.txt", "");
    truncateSync(join(bench.project, "large.txt"), 2_000_001);
    put("broken.json", "{");
    mkdirSync(join(bench.project, "folder"));
    expect(await readFailure({ path: "none.txt" })).toMatchObject({
      kind: "step",
      code: "E_FILE_READ",
      message: "Cannot read file none.txt: there is no such file",
    });
    expect(await readFailure({ path: "folder" })).toMatchObject({ kind: "step", code: "E_FILE_READ" });
    expect(await readFailure({ path: "bad.txt" })).toMatchObject({ kind: "data_validation", code: "E_PARSE" });
    expect(await readFailure({ path: "broken.json" })).toMatchObject({ kind: "data_validation", code: "E_PARSE" });
    expect(await readFailure({ path: "large.txt", max_bytes: "2MB" })).toMatchObject({
      kind: "data_validation",
      code: "E_FILE_LIMIT",
      details: { limitBytes: 2_000_000 },
    });
    expect(await readFailure({ path: "bad.txt", encoding: "nonsense" })).toMatchObject({ code: "E_PARSE" });
  });

  it("encoding: other ones are read too", async () => {
    put("latin.txt", Buffer.from([0xe9]));
    expect(await read({ path: "latin.txt", encoding: "windows-1252" })).toBe("é");
    put("signs.txt", Buffer.from([0x80, 0x96, 0x9f]));
    expect(await read({ path: "signs.txt", encoding: "windows-1252" })).toBe("€–Ÿ");
    put("wide.csv", Buffer.from("\uFEFFa;b\r\n1,5;€\r\n", "utf16le"));
    expect(await read({ path: "wide.csv" })).toEqual([{ a: "1,5", b: "€" }]);
    put("big.csv", Buffer.from("\uFEFFa\tb\n1\t€\n", "utf16le").swap16());
    expect(await read({ path: "big.csv", delimiter: "tab" })).toEqual([{ a: "1", b: "€" }]);
  });

  it("parse: file: gives a file value of any size", async () => {
    put("large.bin", "");
    truncateSync(join(bench.project, "large.bin"), 5_000_000);
    expect(await read({ path: "large.bin", parse: "file", max_bytes: 10 })).toMatchObject({
      name: "large.bin",
      size_bytes: 5_000_000,
    });
    const file = await bench.file("x", "1");
    expect(await read({ path: "{{ f }}", parse: "file" }, { f: file })).toEqual(file);
  });

  it("uneven rows: are kept and logged", async () => {
    put("t.csv", "a,b\n1\n1,2,3\n");
    expect(await read({ path: "t.csv" })).toHaveLength(2);
    expect(bench.log).toEqual([
      expect.stringMatching(/^warn t\.csv, line 2/),
      expect.stringMatching(/^warn t\.csv, line 3/),
    ]);
  });

  it("fingerprint: changes with the file, and never repeats for a path that depends on inputs", async () => {
    put("a.txt", "1");
    const first = await fingerprint(fileReadStep, { path: "a.txt" });
    expect(await fingerprint(fileReadStep, { path: "a.txt" })).toBe(first);
    put("a.txt", "2");
    expect(await fingerprint(fileReadStep, { path: "a.txt" })).not.toBe(first);
    expect(await fingerprint(fileReadStep, { path: "{{ f }}" })).not.toBe(
      await fingerprint(fileReadStep, { path: "{{ f }}" }),
    );
  });
});

describe("FileWriteStep", () => {
  it("content: is written as format or ending say, and given as a file", async () => {
    const rows = [{ a: 1, b: "x,y" }];
    const written = async (path: string, content: Json, more: JsonObject = {}) => {
      const { file } = await write(path, content, more);
      const text = readFileSync(join(bench.project, path), "utf8");
      expect(await bench.text(file)).toBe(text);
      expect((file as FileValue).name).toBe(path.split("/").at(-1));
      return text;
    };
    expect(await written("out/deep/a.csv", rows)).toBe('a,b\n1,"x,y"\n');
    expect(await written("a.json", rows)).toBe(`${JSON.stringify(rows, null, 2)}\n`);
    expect(await written("a.jsonl", rows)).toBe(`${JSON.stringify(rows[0])}\n`);
    expect(await written("a.txt", "as it is")).toBe("as it is");
    expect(await written("a.json", '{"kept": 1}')).toBe('{"kept": 1}');
    expect(await written("b.txt", "text", { format: "json" })).toBe('"text"\n');
    expect(await written("copy.bin", await bench.file("x", "bytes"))).toBe("bytes");
  });

  it("a file in its place: is replaced whole; nothing else is left behind", async () => {
    put("out/a.txt", "old and longer");
    for (let round = 0; round < 2; round++) await write("out/a.txt", "new");
    expect(readFileSync(join(bench.project, "out/a.txt"), "utf8")).toBe("new");
    expect(readdirSync(join(bench.project, "out"))).toEqual(["a.txt"]);
  });

  it("content that cannot be written: leaves the old file and nothing else", async () => {
    put("a.csv", "old");
    expect(await bench.failure(fileWriteStep, { path: "a.csv" }, { inputs: { content: 1 } })).toMatchObject({
      kind: "data_validation",
      code: "E_FORMAT",
    });
    const gone = { $file: "0".repeat(64), name: "x", size_bytes: 1, media_type: "text/plain" };
    expect(await bench.failure(fileWriteStep, { path: "a.csv" }, { inputs: { content: gone } })).toMatchObject({
      code: "E_BLOB_MISSING",
    });
    expect([readFileSync(join(bench.project, "a.csv"), "utf8"), readdirSync(bench.project)]).toEqual([
      "old",
      ["a.csv"],
    ]);
  });

  it.each(hostile)("%j: is refused", async (path) => {
    expect(await bench.failure(fileWriteStep, { path }, { inputs: { content: "x" } })).toMatchObject({
      code: "E_PATH_REFUSED",
    });
  });

  it("links: one in its place is replaced, a folder that leads out is refused", async () => {
    writeFileSync(join(bench.outer, "secret.txt"), "SECRET");
    symlinkSync("../secret.txt", join(bench.project, "link.txt"));
    symlinkSync("..", join(bench.project, "up"));
    await write("link.txt", "mine");
    expect(() => readlinkSync(join(bench.project, "link.txt"))).toThrow();
    for (const path of ["up/secret.txt", "up/new/x.txt"])
      expect(await bench.failure(fileWriteStep, { path }, { inputs: { content: "x" } })).toMatchObject({
        code: "E_PATH_REFUSED",
      });
    expect([readFileSync(join(bench.outer, "secret.txt"), "utf8"), existsSync(join(bench.outer, "new"))]).toEqual([
      "SECRET",
      false,
    ]);
  });

  it("a folder in its place, or a file in its way: is a failure", async () => {
    mkdirSync(join(bench.project, "folder"));
    put("file", "x");
    for (const path of ["folder", "file/x", "folder/"])
      expect(await bench.failure(fileWriteStep, { path }, { inputs: { content: "x" } })).toMatchObject({
        code: expect.stringMatching(/E_FILE_WRITE|E_PATH_REFUSED/),
      });
    expect(readdirSync(bench.project).sort()).toEqual(["file", "folder"]);
  });
});

describe("FileGlobStep", () => {
  const glob = async (pattern: string, more: JsonObject = {}, inputs: { [port: string]: Json } = {}) =>
    (await bench.outputs(fileGlobStep, { pattern, as: "paths", ...more }, { inputs }))["files"];

  beforeEach(() => {
    for (const path of [
      "a.csv",
      "b.tsv",
      "B.csv",
      "sub/c.csv",
      "sub/deep/d.csv",
      "sub/.hidden.csv",
      ".cache/e.csv",
      "x[1].csv",
    ])
      put(path, path);
  });

  it.each<[string, readonly string[]]>([
    ["*.csv", ["B.csv", "a.csv", "x[1].csv"]],
    ["**/*.csv", ["B.csv", "a.csv", "sub/c.csv", "sub/deep/d.csv", "x[1].csv"]],
    ["sub/**", ["sub/c.csv", "sub/deep/d.csv"]],
    ["sub/**/d.csv", ["sub/deep/d.csv"]],
    ["**/deep/*", ["sub/deep/d.csv"]],
    ["{a,b}.{csv,tsv}", ["a.csv", "b.tsv"]],
    ["?.csv", ["B.csv", "a.csv"]],
    ["[a-c].*", ["a.csv", "b.tsv"]],
    ["[!a-c].*", ["B.csv"]],
    ["sub/.*.csv", ["sub/.hidden.csv"]],
    ["x[[]1].csv", ["x[1].csv"]],
    ["./sub//*.csv", ["sub/c.csv"]],
    ["a.csv", ["a.csv"]],
    ["none.csv", []],
    ["none/**", []],
    ["sub", []],
  ])("%s: finds %j", async (pattern, expected) => expect(await glob(pattern)).toEqual(expected));

  it("files: are values with their bytes", async () => {
    const { files } = await bench.outputs(fileGlobStep, { pattern: "sub/*.csv" });
    expect(files).toMatchObject([{ name: "c.csv" }]);
    expect(await bench.text((files as readonly FileValue[])[0])).toBe("sub/c.csv");
  });

  it("links: out are left out, to folders are entered only where they are named", async () => {
    writeFileSync(join(bench.outer, "secret.csv"), "SECRET");
    symlinkSync("../secret.csv", join(bench.project, "out.csv"));
    symlinkSync("..", join(bench.project, "up"));
    symlinkSync("sub", join(bench.project, "alias"));
    symlinkSync("loop", join(bench.project, "loop"));
    expect(await glob("**/*.csv")).not.toEqual(expect.arrayContaining([expect.stringMatching(/out|up|alias|secret/)]));
    expect(await glob("alias/*.csv")).toEqual(["alias/c.csv"]);
    expect(await glob("up/*.csv")).toEqual([]);
  });

  it.each(["../*", "/etc/*", "~/*", "a\\*", "**/../*", ".nanobrain/*"])("%j: is refused", async (pattern) => {
    expect(await bench.failure(fileGlobStep, { pattern })).toMatchObject({ code: "E_PATH_REFUSED" });
  });

  it("too many files, too many braces: is said, not cut", async () => {
    expect(await bench.failure(fileGlobStep, { pattern: "**/*.csv", max_files: 4 })).toMatchObject({
      code: "E_FILE_MATCHES",
    });
    expect(await bench.failure(fileGlobStep, { pattern: "{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}" })).toMatchObject({
      code: "E_FILE_MATCHES",
    });
  });

  it("patterns that take backtracking matchers for ever: come to an end", async () => {
    put(`${"a".repeat(120)}`, "x");
    expect(await glob(`${"*a".repeat(60)}b`)).toEqual([]);
    expect(await glob(`${"**/".repeat(40)}b`)).toEqual([]);
  });

  it("a port in the pattern: may not climb", async () => {
    expect(await glob("{{ folder }}/*.csv", {}, { folder: "sub" })).toEqual(["sub/c.csv"]);
    expect(
      await bench.failure(fileGlobStep, { pattern: "{{ folder }}/*" }, { inputs: { folder: ".." } }),
    ).toMatchObject({ code: "E_PLACEHOLDER" });
  });

  it("fingerprint: changes when a file comes, changes or goes", async () => {
    const print = () => fingerprint(fileGlobStep, { pattern: "**/*.csv" });
    const prints = [await print(), await print()];
    put("new.csv", "1");
    prints.push(await print());
    put("new.csv", "22");
    prints.push(await print());
    renameSync(join(bench.project, "new.csv"), join(bench.project, "newer.csv"));
    prints.push(await print());
    rmSync(join(bench.project, "a.csv"));
    prints.push(await print());
    expect([prints[0] === prints[1], new Set(prints).size]).toEqual([true, 5]);
  });
});

describe("file steps: their config", () => {
  it.each<[StepDefinition, JsonObject]>([
    [fileReadStep, { path: "../x" }],
    [fileWriteStep, { path: "a\\b" }],
    [fileGlobStep, { pattern: "../*" }],
  ])("a path that leaves the folder: is a fault of the document", async (definition, config) => {
    expect(await bench.problems(definition, config)).toEqual(["E_PATH"]);
  });

  it("ports: what the path names is needed, and content for writing", () => {
    expect(Object.keys(fileReadStep.ports({ path: "{{ file }}" }).inputs)).toEqual(["file"]);
    expect(Object.keys(fileWriteStep.ports({ path: "out/{{ name }}" }).inputs)).toEqual(["name", "content"]);
    expect(Object.keys(fileGlobStep.ports({ pattern: "{{ a }}/*" }).inputs)).toEqual(["a"]);
  });
});
