import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { classify } from "../../errors/classify.js";
import { moduleHash } from "./module-hash.js";
import { createModules } from "./modules.js";

let root = "";
let count = 0;
const modules = () => createModules({ cacheFolder: join(root, "cache") });

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "nanobrain modules ü "));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** A project folder with the files given; its own for each test. */
async function project(files: {
  readonly [path: string]: string;
}): Promise<{ readonly project: string; readonly roots: readonly string[] }> {
  count += 1;
  const folder = join(root, `project-${count}`);
  await mkdir(folder);
  await write(folder, files);
  return { project: folder, roots: [] };
}

async function write(folder: string, files: { readonly [path: string]: string }): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

describe("modules", () => {
  it("modules: TypeScript loads without a build step, with its types, enums and parameter properties", async () => {
    const folders = await project({
      "steps.ts": `
        import type { Json } from "@nanobrain/engine";
        enum Colour { Red = "red" }
        class Point { constructor(readonly x: number) {} }
        interface Shape { readonly x: number }
        export const colour = Colour.Red as const;
        export function x<T extends Shape>(value: T): number { return new Point(value.x satisfies number).x!; }
        export default (value: Json): Json => value;`,
    });
    const loaded = await modules().load("steps.ts", folders);
    expect(loaded["colour"]).toBe("red");
    expect((loaded["x"] as (value: { x: number }) => number)({ x: 3 })).toBe(3);
    expect(typeof loaded["default"]).toBe("function");
  });

  it("modules: relative imports of TypeScript work as .ts, as .js, without extension, as a folder, as JSON", async () => {
    const folders = await project({
      "main.ts": `
        import { a } from "./a.ts"; import { b } from "./b.js"; import { c } from "./deep/c"; import { d } from "./d";
        import { m } from "./m.mjs"; import e from "./e.json" with { type: "json" };
        const late = async () => (await import("./late.ts")).late;
        export const all = [a, b, c, d, m, e.e, await late()];`,
      "a.ts": "export const a: string = 'a';",
      "b.ts": "export const b: string = 'b';",
      "deep/c.ts": "export { c } from '../c.js';",
      "c.ts": "export const c: string = 'c';",
      "d/index.ts": "export const d: string = 'd';",
      "m.mts": "export const m: string = 'm';",
      "e.json": '{"e":"e"}',
      "late.ts": "export const late: string = 'late';",
    });
    expect((await modules().load("main.ts", folders))["all"]).toEqual(["a", "b", "c", "d", "m", "e", "late"]);
  });

  it("modules: JavaScript files are ES modules, whatever the folder's package says", async () => {
    const folders = await project({
      "package.json": '{"type":"commonjs"}',
      "plain.js": "import { two } from './two.js'; export const three = two + 1;",
      "two.js": "export const two = 2;",
    });
    expect((await modules().load("plain.js", folders))["three"]).toBe(3);
  });

  it("modules: zod and the engine are the running installation's, wherever the document lies", async () => {
    const folders = await project({
      "steps.ts": `import { z } from "zod"; import { posix } from "node:path";
        export { z };
        export const parsed = z.object({ a: z.number() }).parse({ a: 1 }); export const joined = posix.join("a", "b");`,
    });
    const loaded = await modules().load("steps.ts", folders);
    expect(loaded).toMatchObject({ parsed: { a: 1 }, joined: "a/b" });
    expect(loaded["z"]).toBe(z);
  });

  it("modules: packages of the project's own node_modules load as Node loads them", async () => {
    const folders = await project({
      "node_modules/tool/package.json": '{"name":"tool","main":"index.js"}',
      "node_modules/tool/index.js": "module.exports.tool = 'tool';",
      "steps.ts": 'import { tool } from "tool"; export const named: string = tool;',
    });
    expect((await modules().load("steps.ts", folders))["named"]).toBe("tool");
  });

  it("modules: an edited file, or an edited import, is loaded anew; an unchanged one only once", async () => {
    const folders = await project({
      "a.ts": "import { b } from './b.ts'; export const a = [b]; export const made = {};",
      "b.ts": "export const b: number = 1;",
    });
    const loader = modules();
    const first = await loader.load("a.ts", folders);
    expect((await loader.load("a.ts", folders))["made"]).toBe(first["made"]);
    await write(folders.project, { "b.ts": "export const b: number = 22;" });
    expect((await loader.load("a.ts", folders))["a"]).toEqual([22]);
  });

  it("modules: a file that is shared by two modules is one module", async () => {
    const folders = await project({
      "one.ts": "export { state } from './state.ts';",
      "two.ts": "export { state } from './state.js';",
      "state.ts": "export const state: object = {};",
    });
    const loader = modules();
    expect((await loader.load("one.ts", folders))["state"]).toBe((await loader.load("two.ts", folders))["state"]);
  });

  it.each([
    ["TypeScript", { "bad.ts": "export const a: number = 1;\nexport const b: = 2;\n" }, "bad.ts", "bad.ts", 2, 17],
    ["JavaScript", { "bad.js": "export const a = 1;\n\n  let a = 2;\n" }, "bad.js", "bad.js", 3, 7],
    [
      "an import",
      { "main.ts": "import './lib/bad.ts';", "lib/bad.ts": "const x: number = 1;\nfor (;; }\n" },
      "main.ts",
      "lib/bad.ts",
      2,
      undefined,
    ],
    [
      "a name that is not exported",
      {
        "main.ts": "import type { T } from './b.ts';\nimport { nope } from './b.ts';\nexport const x = nope;",
        "b.ts": "export const b = 1;",
      },
      "main.ts",
      "main.ts",
      2,
      10,
    ],
  ])("modules: a syntax fault in %s names file, line and column", async (_what, files, entry, path, line, column) => {
    const folders = await project(files as { readonly [path: string]: string });
    const details = { path, line, column: column ?? expect.any(Number), what: expect.any(String) };
    await expect(modules().load(entry, folders)).rejects.toMatchObject({ code: "E_MODULE_SYNTAX", details });
  });

  it("modules: what is missing or throws is named without the folders above the project", async () => {
    const folders = await project({
      "missing.ts": "import './nowhere.ts';",
      "package.ts": "import 'no-such-package-here';",
      "throws.ts": "\nthrow new TypeError('at once');",
      "data.txt": "x",
    });
    const loader = modules();
    await expect(loader.load("gone.ts", folders)).rejects.toMatchObject({ code: "E_MODULE_MISSING" });
    await expect(loader.load("data.txt", folders)).rejects.toMatchObject({
      code: "E_MODULE",
      message: expect.stringContaining(".mjs file is expected"),
    });
    await expect(loader.load("missing.ts", folders)).rejects.toMatchObject({
      code: "E_MODULE",
      details: { path: "missing.ts", what: expect.stringContaining("nowhere.ts") },
    });
    await expect(loader.load("package.ts", folders)).rejects.toMatchObject({
      code: "E_MODULE",
      details: { what: expect.stringContaining("no-such-package-here") },
    });
    const thrown: unknown = await loader.load("throws.ts", folders).catch((error: unknown) => error);
    expect(thrown).toMatchObject({ code: "E_MODULE", message: "Cannot load throws.ts: at once" });
    expect(((thrown as Error).cause as Error).stack).toMatch(/throws\.ts\S*:2:7/);
    expect((thrown as Error).cause).toBeInstanceOf(TypeError);
    for (const path of ["gone.ts", "data.txt", "missing.ts", "package.ts", "throws.ts"]) {
      const failure = classify(await loader.load(path, folders).catch((error: unknown) => error));
      const texts = JSON.stringify(failure);
      expect([path, texts.includes(root), texts.includes(pathToFileURL(root).href)]).toEqual([path, false, false]);
    }
  });

  it("modules: nothing outside the folders is loaded, by path, import or symbolic link", async () => {
    const outside = await project({ "secret.ts": "export const s = 1;" });
    const folders = await project({ "climb.ts": `export * from "../project-${count}/secret.ts";` });
    await symlink(join(outside.project, "secret.ts"), join(folders.project, "link.ts"));
    const loader = modules();
    for (const path of [join(outside.project, "secret.ts"), "../secret.ts", "link.ts", "climb.ts"]) {
      await expect(loader.load(path, folders)).rejects.toMatchObject({
        code: path === "../secret.ts" ? "E_MODULE_MISSING" : "E_MODULE_FOLDER",
      });
    }
    const allowed = { ...folders, roots: [outside.project] };
    expect(await loader.load("link.ts", allowed)).toMatchObject({ s: 1 });
  });

  it("modules: stripped code is kept by content, and a damaged copy is made anew", async () => {
    const folders = await project({ "a.ts": "export const kept: number = 7;" });
    const cacheFolder = join(folders.project, "cache");
    const program = join(folders.project, "run.mjs");
    const built = new URL("../../../dist/adapters/modules/modules.js", import.meta.url).href;
    await writeFile(
      program,
      `import { createModules } from ${JSON.stringify(built)};
       const modules = createModules({ cacheFolder: ${JSON.stringify(cacheFolder)} });
       console.log((await modules.load("a.ts", ${JSON.stringify(folders)})).kept);`,
    );
    // In processes of their own: each has its own memory of what it loaded.
    const load = async (): Promise<string> => (await promisify(execFile)(process.execPath, [program])).stdout.trim();
    expect(await load()).toBe("7");
    const [name = ""] = await readdir(cacheFolder);
    expect(name).toMatch(/^[0-9a-f]{64}\.js$/);
    await writeFile(join(cacheFolder, name), "export const kept = 8;\n");
    expect(await load()).toBe("7");
  });
});

describe("moduleHash", () => {
  it("moduleHash: changes with the file and what it imports by relative path, and with nothing else", async () => {
    const files = {
      "a.ts": "import { b } from './b.js';\nimport './deep/c';",
      "b.ts": "export { d } from './d.ts'; export const b = 1;",
      "deep/c.ts": "",
      "d.ts": "import './a.ts'; export const d = 1;",
      "other.ts": "1",
    };
    const one = await project(files);
    const two = await project(files);
    const hash = (at: { readonly project: string }) => moduleHash("a.ts", { ...at, roots: [] });
    const first = await hash(one);
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(await hash(two)).toBe(first);
    await write(one.project, { "other.ts": "2" });
    expect(await hash(one)).toBe(first);
    const seen = new Set([first]);
    for (const [index, path] of ["a.ts", "b.ts", "deep/c.ts", "d.ts"].entries()) {
      await write(one.project, { [path]: `${files[path as keyof typeof files]} // edited` });
      await utimes(join(one.project, path), 1, index + 1);
      seen.add(await hash(one));
      expect(seen.size).toBe(index + 2);
    }
    const gone: unknown = await moduleHash("gone.ts", one).catch((error: unknown) => error);
    expect(classify(gone)).toMatchObject({ code: "E_MODULE_MISSING", details: { path: "gone.ts" } });
    expect(JSON.stringify(classify(gone))).not.toContain(root);
  });
});
