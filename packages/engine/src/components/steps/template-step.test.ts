import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { openStepBench } from "../../testing/step-bench.js";
import { templateStep } from "./template-step.js";

const bench = openStepBench();
const { project } = bench;
beforeAll(async () => {
  await mkdir(join(project, "parts"));
  await writeFile(join(project, "report.liquid"), "{% include 'head' %}<p>{{ rows | size }}</p>");
  await writeFile(join(project, "parts", "head.liquid"), "<h1>{{ title }}</h1>");
});
afterAll(() => bench.close());

describe("TemplateStep", () => {
  it("template in place: text and a file of the same, with a name and media type of the format", async () => {
    const config = { template: "<p>{{ title }}</p>{{ svg | raw }}", format: "html", name: "{{ title }} report.html" };
    const outputs = await bench.outputs(templateStep, config, { inputs: { title: "A & <b>/..", svg: "<svg/>" } });
    expect(outputs["text"]).toBe("<p>A &amp; &lt;b&gt;/..</p><svg/>");
    expect(outputs["file"]).toMatchObject({ name: "A & <b>-.. report.html", media_type: "text/html" });
    expect(await bench.text(outputs["file"])).toBe(outputs["text"]);
  });

  it.each([
    ["text", "step.txt"],
    ["markdown", "step.md"],
    ["html", "step.html"],
  ])("format %s without a name: %s", async (format, name) => {
    expect((await bench.outputs(templateStep, { template: "x", format }))["file"]).toMatchObject({ name });
  });

  it.each([
    ["../../etc/passwd", "-..-etc-passwd"],
    [".env", "env"],
    ["..", "step.txt"],
    ["a\\b:c", "a-b-c"],
  ])("name %s: a base name, %s", async (given, name) => {
    const outputs = await bench.outputs(templateStep, { template: "x", name: "{{ v }}" }, { inputs: { v: given } });
    expect(outputs["file"]).toMatchObject({ name });
  });

  it("template in a file, with partials: paths of the project", async () => {
    const config = { template_file: "report.liquid", format: "html", partials: { head: "parts/head.liquid" } };
    const outputs = await bench.outputs(templateStep, config, { inputs: { title: "T", rows: [1, 2] } });
    expect(outputs["text"]).toBe("<h1>T</h1><p>2</p>");
  });

  it("path that leaves the project: E_PATH_REFUSED", async () => {
    expect(await bench.failure(templateStep, { template_file: "../x" })).toMatchObject({ code: "E_PATH_REFUSED" });
  });

  it("input that is not there: E_TEMPLATE with its place", async () => {
    const failure = await bench.failure(templateStep, { template: "a\n{{ zz }}" });
    expect(failure).toMatchObject({ code: "E_TEMPLATE", message: expect.stringContaining("zz (line 2") });
  });

  it("fingerprint: changes with each file's content", async () => {
    const folders = { project, roots: [], blobs: null, scratch: project };
    const config = { template_file: "report.liquid", partials: { head: "parts/head.liquid" }, format: "html" };
    const before = await templateStep.fingerprint?.(config, folders);
    expect(Object.keys(before ?? {})).toEqual(["template_file", "partials.head"]);
    await writeFile(join(project, "parts", "head.liquid"), "<h2>{{ title }}</h2>");
    const after = await templateStep.fingerprint?.(config, folders);
    expect(after?.["template_file"]).toBe(before?.["template_file"]);
    expect(after?.["partials.head"]).not.toBe(before?.["partials.head"]);
    expect(await templateStep.fingerprint?.({ template_file: "none", partials: {} }, folders)).toEqual({
      template_file: "unreadable",
    });
  });

  it("config: one of template and template_file; faults of the template are found before it runs", async () => {
    const accepts = (config: unknown) => templateStep.config(z).safeParse(config).success;
    expect([
      accepts({}),
      accepts({ template: "", template_file: "x" }),
      accepts({ template: "" }),
      accepts({ template_file: "x" }),
      accepts({ template: "", colour: 1 }),
    ]).toEqual([false, false, true, true, false]);
    expect(await templateStep.check?.({ template: "{% if x %}" })).toMatchObject([
      { path: ["template"], code: "E_EXPR_SYNTAX" },
    ]);
  });
});
