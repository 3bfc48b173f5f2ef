import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Call } from "./call.js";
import { storePlace, storeSuffix } from "./store-place.js";

let top = "";
beforeAll(() => {
  top = realpathSync(mkdtempSync(join(tmpdir(), "nb-place-")));
  mkdirSync(join(top, "with", ".nanobrain"), { recursive: true });
  mkdirSync(join(top, "with", "deep", "er"), { recursive: true });
  mkdirSync(join(top, "without", "flows"), { recursive: true });
});
afterAll(() => rmSync(top, { recursive: true, force: true }));

function place(
  folder: string,
  options: { readonly store?: string; readonly variable?: string; readonly document?: string } = {},
) {
  const terminal = { folder: join(top, folder), environment: { NANOBRAIN_STORE: options.variable } };
  const call = { operands: [], options: { store: options.store }, terminal } as unknown as Call;
  return storePlace(call, options.document)?.slice(top.length);
}

function suffix(folder: string, used: string, variable?: string) {
  const terminal = { folder: join(top, folder), environment: { NANOBRAIN_STORE: variable } };
  return storeSuffix({ operands: [], options: {}, terminal } as unknown as Call, join(top, used));
}

describe("place of the store", () => {
  it("commands that are printed: name the store where it would not be found", () => {
    expect(suffix("with/deep", "with/.nanobrain")).toBe("");
    expect(suffix("without", "without/flows/.nanobrain")).toBe(" --store flows/.nanobrain");
    expect(suffix("without", "without/my flows/.nanobrain")).toBe(' --store "my flows/.nanobrain"');
    expect(suffix("with", "with/other", "other")).toBe("");
  });

  it("nearest folder at or above that has one; else beside the document", () => {
    expect(place("with")).toBe("/with/.nanobrain");
    expect(place("with/deep/er", { document: "x.yml" })).toBe("/with/.nanobrain");
    expect(place("without", { document: "flows/x.yml" })).toBe("/without/flows/.nanobrain");
    expect(place("without")).toBeUndefined();
  });

  it("NANOBRAIN_STORE goes before it, and --store before both", () => {
    expect(place("with", { variable: "other" })).toBe("/with/other");
    expect(place("with", { variable: "other", store: "../mine" })).toBe("/mine");
    expect(place("with", { variable: "" })).toBe("/with/.nanobrain");
  });
});
