import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Workplace } from "./workplace.js";

let place: Workplace;
beforeEach(() => {
  place = new Workplace();
});
afterEach(() => place.close());

describe("init", () => {
  it.each([
    ["hello", "hello.yml", "greeting: Hello, world!\n"],
    ["table", "cities.yml", /report: new\/out\/report\.html\nrejected: \[\{"index":3/],
    ["typescript", "words.yml", "total: 10\n"],
    ["agent", "digest.yml", /^report: new\/out\/digest\.html\n$/],
    ["chat", "helper.yml", /^response: "> No language model/],
  ])("template %s: validates and runs as it is", async (template, document, expected) => {
    const made = await place.run("init", "new", "--template", template);
    expect(made).toMatchObject({ code: 0 });
    expect(made.out.trimEnd().split("\n")).toContain(`new/${document}`);
    expect(await place.run("validate", `new/${document}`)).toMatchObject({ code: 0 });
    const given = template === "chat" ? ["-i", "message=What is a workflow?"] : [];
    const { code, out } = await place.run("run", `new/${document}`, ...given);
    expect(code).toBe(0);
    if (typeof expected === "string") expect(out).toBe(expected);
    else expect(out).toMatch(expected);
    if (template === "table")
      expect(place.read("new/out/report.html")).toContain("4 cities with 3008330 people; the largest is Vienna");
  });

  it("folder that has the files already: nothing is written over, exit 2", async () => {
    place.write("new/hello.yml", "mine");
    const refused = await place.run("init", "new");
    expect(refused).toMatchObject({ code: 2 });
    expect(refused.err).toContain("hello.yml exists already");
    expect(place.read("new/hello.yml")).toBe("mine");
    expect(await place.run("init", "x", "--template", "none")).toMatchObject({ code: 2 });
  });
});

describe("schema", () => {
  it("writes the schema, and the registry that lets validate know the project's own classes", async () => {
    await place.run("init", ".", "--template", "typescript");
    place.write("wrong.yml", place.read("words.yml").replaceAll("text:", "txt:").replace("as: text", "as: txt"));
    expect(await place.run("validate", "wrong.yml")).toMatchObject({ code: 0 });
    const { code, out } = await place.run("schema");
    expect({ code, out }).toEqual({ code: 0, out: ".nanobrain/schema.json\n.nanobrain/registry.json\n" });
    expect(JSON.parse(place.read(".nanobrain/schema.json"))).toMatchObject({
      $schema: expect.stringContaining("2020-12"),
    });
    const known = await place.run("validate", "wrong.yml");
    expect(known).toMatchObject({ code: 2 });
    expect(known.err).toContain("E_PORT");
    expect(await place.run("validate", "words.yml")).toMatchObject({ code: 0 });
  });

  it("--no-modules: imports nothing", async () => {
    place.write("odd.yml", "name: odd\nsteps: { a: { class: ./boom.ts#Boom } }\n");
    place.write(
      "boom.ts",
      "import { writeFileSync } from 'node:fs';\nwriteFileSync('ran', '');\nexport const Boom = 1;\n",
    );
    expect(await place.run("schema", "--no-modules")).toMatchObject({ code: 0, out: ".nanobrain/schema.json\n" });
    expect(place.has("ran")).toBe(false);
    const refused = await place.run("run", "odd.yml", "--no-modules");
    expect(refused).toMatchObject({ code: 2 });
    expect(refused.err).toContain("E_CLASS_FORBIDDEN");
    expect(place.has("ran")).toBe(false);
  });
});

describe("docs and explain", () => {
  it("docs: a class by short and full name; the list without one; did-you-mean", async () => {
    const short = await place.run("docs", "TransformStep");
    expect(short.out).toContain("# TransformStep");
    expect((await place.run("docs", "nanobrain.core.step.TransformStep")).out).toBe(short.out);
    expect((await place.run("docs")).out).toMatch(/DirectLink +link +nanobrain.core.link.DirectLink/);
    const wrong = await place.run("docs", "TransformStp");
    expect(wrong).toMatchObject({ code: 2 });
    expect(wrong.err).toContain("did you mean TransformStep?");
  });

  it("explain: errors, diagnostics and warnings, in any case; all without one; did-you-mean", async () => {
    expect((await place.run("explain", "e_port_type")).out).toMatch(/^E_PORT_TYPE {2}\S/);
    expect((await place.run("explain", "E_TIMEOUT")).out).toContain("A failure of kind timeout.");
    expect((await place.run("explain", "W_OUTPUT_ABSENT")).out).toContain("Output without a value");
    const list = (await place.run("explain")).out;
    for (const code of ["E_SYNTAX", "E_STORE_DAMAGED", "W_CONFLICT"]) expect(list).toContain(code);
    expect((await place.run("explain", "E_SYNTX")).err).toContain("did you mean E_SYNTAX?");
  });
});

describe("doctor", () => {
  it("healthy: exit 0, the machine and the store are named", async () => {
    await place.run("init", ".");
    await place.run("run", "hello.yml");
    const { code, out } = await place.run("doctor");
    expect(code).toBe(0);
    for (const text of ["node ", "sqlite ", "the journals of 1 read and checked"]) expect(out).toContain(text);
    expect(JSON.parse((await place.run("doctor", "--json")).out)).toMatchObject({ ok: true });
  });

  it("damaged store: named, exit 4", async () => {
    await place.run("init", ".");
    await place.run("run", "hello.yml");
    damage(join(place.folder, ".nanobrain"));
    const { code, out } = await place.run("doctor");
    expect(code).toBe(4);
    expect(out).toMatch(/E_STORE_DAMAGED|is missing/);
  });
});

describe("commands that are not there yet", () => {
  it.each(["worker"])("%s: refused with exit 2", async (name) => {
    const { code, out, err } = await place.run(name);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain("is not there yet");
  });
});

/** Turns bytes of every journal's data pages over. */
function damage(store: string): void {
  for (const entry of readdirSync(store, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.parentPath.includes("blobs")) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = readFileSync(path);
    const at = bytes.indexOf("Hello, world");
    if (at < 0) continue;
    bytes.write("HELLO", at);
    writeFileSync(path, bytes);
  }
}
