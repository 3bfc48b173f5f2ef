import { mkdtemp, rm, writeFile, mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { tryStep } from "../../testing/try-step.js";
import { templateStep } from "./template-step.js";

let project = "";
beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), "template-step-"));
  await mkdir(join(project, "parts"));
  await writeFile(join(project, "report.liquid"), "{% include 'head' %}<p>{{ rows | size }}</p>");
  await writeFile(join(project, "parts", "head.liquid"), "<h1>{{ title }}</h1>");
});
afterAll(() => rm(project, { recursive: true, force: true }));

describe("TemplateStep", () => {
  it("template in place: text and a file of the same, with a name and media type of the format", async () => {
    const config = { template: "<p>{{ title }}</p>{{ svg | raw }}", format: "html", name: "{{ title }} report.html" };
    const { outputs, kept } = await tryStep(templateStep, { config, inputs: { title: "A & <b>/..", svg: "<svg/>" } });
    expect(outputs["text"]).toBe("<p>A &amp; &lt;b&gt;/..</p><svg/>");
    expect(outputs["file"]).toMatchObject({ name: "A & <b>-.. report.html", media_type: "text/html" });
    expect(Object.values(kept)).toEqual([outputs["text"]]);
  });

  it.each([
    ["text", "trial.txt"],
    ["markdown", "trial.md"],
    ["html", "trial.html"],
  ])("format %s without a name: %s", async (format, name) => {
    expect((await tryStep(templateStep, { config: { template: "x", format } })).outputs["file"]).toMatchObject({
      name,
    });
  });

  it.each([
    ["../../etc/passwd", "-..-etc-passwd"],
    [".env", "env"],
    ["..", "trial.txt"],
    ["a\\b:c", "a-b-c"],
  ])("name %s: a base name, %s", async (given, name) => {
    expect(
      (await tryStep(templateStep, { config: { template: "x", name: "{{ v }}" }, inputs: { v: given } })).outputs[
        "file"
      ],
    ).toMatchObject({ name });
  });

  it("template in a file, with partials: paths of the project", async () => {
    const config = { template_file: "report.liquid", format: "html", partials: { head: "parts/head.liquid" } };
    const { outputs } = await tryStep(templateStep, { config, inputs: { title: "T", rows: [1, 2] }, project });
    expect(outputs["text"]).toBe("<h1>T</h1><p>2</p>");
  });

  it("path that leaves the project: E_PATH_REFUSED", async () => {
    await expect(tryStep(templateStep, { config: { template_file: "../x" }, project })).rejects.toMatchObject({
      code: "E_PATH_REFUSED",
    });
  });

  it("input that is not there: E_TEMPLATE with its place", async () => {
    await expect(tryStep(templateStep, { config: { template: "a\n{{ zz }}" } })).rejects.toMatchObject({
      code: "E_TEMPLATE",
      message: expect.stringContaining("zz (line 2"),
    });
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
