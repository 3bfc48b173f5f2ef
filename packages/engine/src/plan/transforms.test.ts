import jsonata from "jsonata";
import { describe, expect, it } from "vitest";
import { compileText } from "../testing/compile-text.js";
import { labSteps } from "../testing/lab-steps.js";
import { mappingExpression } from "./link-transform.js";

const compiled = async (transform: string, options: Parameters<typeof compileText>[1] = {}) => {
  const text = [
    "name: sample",
    "steps:\n  search: { class: Search }\n  next: { class: Search }",
    "links:",
    `  l: { class: TransformLink, config: { source: search.paper, target: next.topic, ${transform} } }`,
  ].join("\n");
  const { plan, diagnostics } = await compileText(text, { definitions: labSteps, ...options });
  return {
    link: plan?.workflows[0]?.links[0],
    brief: diagnostics.map((one) => `${one.code} ${one.line}`),
    diagnostics,
  };
};

describe("transforms of links", () => {
  it("expression: a TransformStep with it", async () => {
    const { link, brief } = await compiled("expression: 'title'");
    expect(brief).toEqual([]);
    expect(link).toMatchObject({
      kind: "transform",
      plain: false,
      transform: { class: "nanobrain.core.step.TransformStep", config: { expression: "title" } },
    });
  });

  it("expression: a fault is where the expression is", async () => {
    const { brief, diagnostics } = await compiled("expression: 'title['");
    expect(brief).toEqual(["E_EXPR_SYNTAX 6"]);
    expect(diagnostics[0]?.path).toBe("links.l.config.expression");
  });

  it("function: registered, of the document's module, of a file", async () => {
    const files = { "workflow.ts": "", "lib/shape.ts": "" };
    const codeHash = (path: string) => `hash of ${path}`;
    const call = async (transform: string, options: Parameters<typeof compileText>[1] = {}) =>
      (await compiled(transform, { codeHash, ...options })).link?.transform;
    const functionStep = "nanobrain.core.step.FunctionStep";
    expect(await call("transform_function: trim", { functions: { trim: (value) => value } })).toEqual({
      class: functionStep,
      version: "1",
      config: { function: "trim" },
    });
    expect(await call("transform_function: shape", { files })).toEqual({
      class: functionStep,
      version: "1+hash of workflow.ts",
      config: { function: "shape" },
      module: { path: "workflow.ts", export: "shape" },
    });
    expect(await call("transform_function: './lib/shape.ts#wide'", { files })).toMatchObject({
      module: { path: "lib/shape.ts", export: "wide" },
    });
  });

  it("function of a module: refused where modules are switched off", async () => {
    const { brief } = await compiled("transform_function: shape", { files: { "workflow.ts": "" }, modules: false });
    expect(brief).toEqual(["E_REF 6"]);
  });

  it("mapping: an object of fields by their paths; fields that cannot be are named", async () => {
    const { link } = await compiled("mapping: { name: title, when: year }");
    const config = link?.transform?.config ?? {};
    const made = await jsonata(String(config["expression"])).evaluate({ title: "x", year: 3, kind: "a" });
    expect(made).toEqual({ name: "x", when: 3 });
    const { brief, diagnostics } = await compiled("mapping: { name: titel }");
    expect(brief).toEqual(["E_REF 6"]);
    expect(diagnostics[0]?.hint).toBe('did you mean "title"?');
  });

  it("schemas: in place or in a file, compared with both ends", async () => {
    const files = { "schemas/text.json": '{"type":"string"}', "schemas/bad.json": "{", "schemas/list.json": "[]" };
    const schema = (text: string) => compiled(`expression: title, ${text}`, { files });
    expect((await schema("output_schema: schemas/text.json")).link?.outputSchema).toEqual({ type: "string" });
    expect((await schema("input_schema: { type: object }")).link?.inputSchema).toEqual({ type: "object" });
    expect((await schema("input_schema: { type: array }")).brief).toEqual(["E_PORT_TYPE 6"]);
    expect((await schema("output_schema: schemas/bad.json")).brief).toEqual(["E_SYNTAX 6"]);
    expect((await schema("output_schema: schemas/list.json")).brief).toEqual(["E_TYPE 6"]);
    expect((await schema("output_schema: ../text.json")).brief).toEqual(["E_PATH 6"]);
  });
});

describe("mapping expression", () => {
  it.each([
    [{ a: "b.c" }, { b: { c: 1 } }, { a: 1 }],
    [{ a: "b" }, { b: [1] }, { a: [1] }],
    [{ a: "b" }, { b: [1, 2] }, { a: [1, 2] }],
    [{ a: "b.1" }, { b: [1, 2] }, { a: 2 }],
    [{ a: "x y.z-w" }, { "x y": { "z-w": null } }, { a: null }],
    [{ a: "none", b: "c" }, { c: 1 }, { b: 1 }],
    [{ 'q"\\': "c" }, { c: 1 }, { 'q"\\': 1 }],
  ] as const)("%j of %j", async (fields, value, expected) => {
    const made: unknown = await jsonata(mappingExpression(fields)).evaluate(value);
    expect(JSON.parse(JSON.stringify(made))).toEqual(expected);
  });
});
