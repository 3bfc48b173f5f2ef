import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Blobs, JsonSchema, Plan } from "@nanobrain/engine";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gatherInputs } from "./gather-inputs.js";
import { inputExample, inputUnits } from "./read-input.js";

type Unit = { readonly class: string; readonly schema?: JsonSchema; readonly optional?: boolean };

const units: { readonly [name: string]: Unit } = {
  topic: { class: "DataUnitString" },
  limit: { class: "DataUnitMemory", schema: { type: "integer" } },
  tags: { class: "DataUnitMemory", schema: { type: "array" }, optional: true },
  label: { class: "DataUnitMemory", schema: { type: "string" } },
  mixed: { class: "DataUnitMemory", schema: { type: ["string", "number", "null"] } },
  open: { class: "DataUnitMemory" },
  table: { class: "DataUnitFile" },
};

/** As much of a plan as inputs need. */
const plan = {
  name: "review",
  workflows: [
    {
      inputs: Object.keys(units).map((_, index) => index),
      nodes: Object.entries(units).map(([name, { class: short, schema, optional }]) => ({
        name,
        unit: { class: `nanobrain.core.unit.${short}`, role: "input" },
        ports: [{ name: "value", optional: optional ?? false, ...(schema === undefined ? {} : { schema }) }],
      })),
    },
  ],
} as unknown as Plan;

const blobs = {
  putFile: (path: string) => Promise.resolve({ hash: `hash of ${path.slice(-8)}`, sizeBytes: 7 }),
} as unknown as Blobs;

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "nb-inputs-"));
  writeFileSync(join(folder, "data.json"), '{"a": [1, 2]}');
  writeFileSync(join(folder, "note.txt"), "plain text\n");
  writeFileSync(join(folder, "rows.csv"), "a,b\n1,2\n");
  writeFileSync(join(folder, "list.json"), "[1]");
  writeFileSync(join(folder, "all.json"), '{"topic": "from file", "limit": 5, "table": "rows.csv"}');
  writeFileSync(join(folder, "bad.json"), "[1, 2]");
  writeFileSync(join(folder, "broken.txt"), Buffer.from([0xff, 0xfe, 0xfd]));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const gather = (given: readonly string[], file?: string) => gatherInputs(plan, blobs, { given, file, folder });

describe("inputs", () => {
  it.each([
    ["topic=5", "5"],
    ["topic=a=b", "a=b"],
    ["topic=", ""],
    ["topic=@note.txt", "plain text\n"],
    ["topic=@data.json", '{"a": [1, 2]}'],
    ["topic=@@handle", "@handle"],
    ["limit=5", 5],
    ['tags=["x"]', ["x"]],
    ["tags=@list.json", [1]],
    ["label=5", "5"],
    ["mixed=5", 5],
    ["mixed=null", null],
    ["mixed=true", "true"],
    ["open=5", 5],
    ["open=007", "007"],
    ["open=@data.json", { a: [1, 2] }],
    ["open=@note.txt", "plain text\n"],
    ["other=5", "5"],
  ] as const)("%s", async (given, expected) => {
    const inputs = await gather([given]);
    expect(Object.values(inputs)).toEqual([expected]);
  });

  it("file unit: a handle, with or without @", async () => {
    const handle = { $file: "hash of rows.csv", name: "rows.csv", size_bytes: 7, media_type: "text/csv" };
    expect(await gather(["table=rows.csv"])).toEqual({ table: handle });
    expect(await gather(["table=@rows.csv"])).toEqual({ table: handle });
  });

  it("input file: JSON by name, paths relative to it; -i goes before it, the last -i of a name counts", async () => {
    const inputs = await gather(["topic=first", "topic=second"], "all.json");
    expect(inputs).toMatchObject({ topic: "second", limit: 5, table: { name: "rows.csv" } });
  });

  it("what cannot be read: all of it is named at once", async () => {
    const fault = gather(["limit=many", "table=@none.csv", "topic=@broken.txt", "nameless"]);
    await expect(fault).rejects.toMatchObject({ code: "E_INPUT" });
    await expect(fault).rejects.toThrow(
      /input limit: an integer is expected, "many" is no JSON.*input table: there is no file .*none\.csv.*input topic: .*-i nameless: NAME=VALUE/s,
    );
  });

  it("input file that is no object: named", async () => {
    await expect(gather([], "bad.json")).rejects.toThrow(
      "--input-file bad.json: a JSON object with inputs by name is expected",
    );
    await expect(gather([], "none.json")).rejects.toThrow("there is no file");
  });

  it("examples: what to type for each", () => {
    expect(inputUnits(plan).map((unit) => `${inputExample(unit)}${unit.required ? "" : " (optional)"}`)).toEqual([
      "-i topic=TEXT",
      "-i limit=INTEGER",
      "-i tags=@FILE.json (optional)",
      "-i label=TEXT",
      "-i mixed=STRING",
      "-i open=VALUE",
      "-i table=FILE",
    ]);
  });
});
