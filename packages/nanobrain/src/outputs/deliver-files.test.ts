import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Blobs, Json, Plan } from "@nanobrain/engine";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeLook } from "../terminal/look.js";
import type { Channel } from "../terminal/terminal.js";
import { deliverFiles } from "./deliver-files.js";
import { orderedOutputs, outputLines, shownPath } from "./output-lines.js";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nb-outputs-"));
  mkdirSync(join(folder, "project"));
  writeFileSync(join(folder, "blob-a"), "bytes of a");
  writeFileSync(join(folder, "blob-b"), "bytes of b");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (hash: string, name: string): Json => ({ $file: hash, name, size_bytes: 10, media_type: "text/plain" });

function planWith(paths: { readonly [unit: string]: string | undefined }): Plan {
  const nodes = Object.entries(paths).map(([name, path]) => ({
    name,
    unit: { class: "U", role: "result", ...(path === undefined ? {} : { path }) },
  }));
  return { workflows: [{ nodes, outputs: nodes.map((_, index) => index) }] } as unknown as Plan;
}

function deliver(
  paths: { readonly [unit: string]: string | undefined },
  outputs: { readonly [unit: string]: Json },
  out?: string,
) {
  const blobs = { path: (hash: string) => Promise.resolve(join(folder, hash)) } as unknown as Blobs;
  const project = join(folder, "project");
  return deliverFiles({ plan: planWith(paths), outputs, blobs, project, runName: "brave-franklin", out });
}

const read = (...parts: readonly string[]): string => readFileSync(join(folder, ...parts), "utf8");

describe("files among the outputs", () => {
  it("file with a path: goes there, and replaces what was there", async () => {
    mkdirSync(join(folder, "project", "out"));
    writeFileSync(join(folder, "project", "out", "report.html"), "old and longer than the new one");
    const delivered = await deliver({ report: "out/report.html" }, { report: file("blob-a", "made.html") });
    expect(delivered).toEqual([
      { unit: "report", hash: "blob-a", path: join(folder, "project", "out", "report.html") },
    ]);
    expect(read("project", "out", "report.html")).toBe("bytes of a");
    expect(readdirSync(join(folder, "project", "out"))).toEqual(["report.html"]);
  });

  it("files and values: may be read by whom the mask lets, however the store keeps its own", async () => {
    chmodSync(join(folder, "blob-a"), 0o600);
    await deliver({ report: "report.html", text: "a.txt" }, { report: file("blob-a", "m.html"), text: "plain" });
    const modes = ["report.html", "a.txt"].map((name) => statSync(join(folder, "project", name)).mode & 0o777);
    expect(modes).toEqual([0o666 & ~process.umask(), 0o666 & ~process.umask()]);
  });

  it("file without a path: into results/RUN, also from inside a value; equal names get numbers", async () => {
    const outputs = { one: file("blob-a", "x.txt"), many: { list: [file("blob-b", "x.txt"), 5] } };
    const delivered = await deliver({ one: undefined, many: undefined }, outputs);
    expect(delivered.map((one) => one.path.slice(folder.length))).toEqual([
      "/project/results/brave-franklin/x.txt",
      "/project/results/brave-franklin/x-2.txt",
    ]);
    expect(read("project", "results", "brave-franklin", "x-2.txt")).toBe("bytes of b");
  });

  it("--out: takes all files under their own names", async () => {
    const out = join(folder, "elsewhere");
    await deliver(
      { report: "out/report.html", other: undefined },
      { report: file("blob-a", "m.html"), other: file("blob-b", "o.txt") },
      out,
    );
    expect(readdirSync(out).sort()).toEqual(["o.txt", "report.html"]);
  });

  it("file unit with another value: written as text or JSON", async () => {
    await deliver({ text: "a.txt", data: "b.json" }, { text: "plain", data: { n: 1 } });
    expect([read("project", "a.txt"), read("project", "b.json")]).toEqual(["plain", '{\n  "n": 1\n}\n']);
  });

  it("values without files and without a path: nothing is written", async () => {
    expect(await deliver({ n: undefined }, { n: 5 })).toEqual([]);
    expect(readdirSync(join(folder, "project"))).toEqual([]);
  });

  it("link that leads out of the document's folder: refused", async () => {
    mkdirSync(join(folder, "outside"));
    symlinkSync(join(folder, "outside"), join(folder, "project", "out"));
    await expect(deliver({ report: "out/r.html" }, { report: file("blob-a", "m.html") })).rejects.toThrow(
      "is a link out of the document's folder",
    );
    expect(readdirSync(join(folder, "outside"))).toEqual([]);
  });

  it("name that climbs: only its last part counts", async () => {
    const [delivered] = await deliver({ one: undefined }, { one: file("blob-a", "../../evil.txt") });
    expect(delivered?.path).toBe(join(folder, "project", "results", "brave-franklin", "evil.txt"));
  });
});

describe("lines of outputs", () => {
  const channel = (isTerminal: boolean, width = 40): Channel => ({
    write: () => undefined,
    line: () => undefined,
    isTerminal,
    look: makeLook({ width, color: "off", marks: "unicode" }),
  });
  const outputs = { n: 0.5, text: "plain", poem: "two\nlines", list: [1, { a: 2 }], report: file("h", "r.html") };
  const delivered = [{ unit: "report", hash: "h", path: "/p/out/r.html" }];

  it("piped: a line each, whole; text as it is, all else as JSON, files as their path", () => {
    expect(outputLines(outputs, delivered, channel(false), "/p")).toEqual([
      "n: 0.5",
      "text: plain",
      'poem: "two\\nlines"',
      'list: [1,{"a":2}]',
      "report: out/r.html",
    ]);
  });

  it("terminal: cut to its width, control characters shown", () => {
    const long = { long: "x".repeat(100), odd: "a\u001b[31m" };
    expect(outputLines(long, [], channel(true), "/p")).toEqual([`long: ${"x".repeat(33)}…`, "odd: a<U+001B>[31m"]);
  });

  it("files inside a value: their paths stand in their place", () => {
    const inside = { many: { list: [file("h", "r.html"), 5] } };
    expect(
      outputLines(inside, [{ unit: "many", hash: "h", path: "/p/results/x/r.html" }], channel(false), "/p"),
    ).toEqual(['many: {"list":["results/x/r.html",5]}']);
  });

  it("order: that of the document", () => {
    expect(Object.keys(orderedOutputs(planWith({ b: undefined, a: undefined }), { a: 1, c: 3, b: 2 }))).toEqual([
      "b",
      "a",
      "c",
    ]);
  });

  it("paths: relative where that is near", () => {
    const shown = ["/project/here", "/project", "/a/b/c/d"].map((folder) => shownPath("/project/out/r.html", folder));
    expect(shown).toEqual(["../out/r.html", "out/r.html", "/project/out/r.html"]);
  });
});
