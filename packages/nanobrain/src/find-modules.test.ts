import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findModules } from "./find-modules.js";

let top = "";
beforeAll(() => {
  top = mkdtempSync(join(tmpdir(), "nb-modules-"));
  const files = {
    "a.yml": "class: ./steps/one.ts#One\nother: './steps/two.mjs#Two'\nagain: ./steps/one.ts#Uno",
    "flows/b.yaml": 'class: "../steps/three.js#Three"\nurl: https://x.test/y.ts#frag\ngone: ./none.ts#X',
    "node_modules/c.yml": "class: ./steps/one.ts#One",
    ".hidden/d.yml": "class: ../steps/hidden.ts#One",
    "steps/one.ts": "",
    "steps/two.mjs": "",
    "steps/three.js": "",
    "steps/hidden.ts": "",
    "steps/unnamed.ts": "",
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(top, path)), { recursive: true });
    writeFileSync(join(top, path), text);
  }
});
afterAll(() => rmSync(top, { recursive: true, force: true }));

describe("modules named by documents", () => {
  it("each once, relative to the folder; others, missing ones and hidden folders are passed over", () => {
    expect(findModules(top)).toEqual(["steps/one.ts", "steps/three.js", "steps/two.mjs"]);
  });

  it("outside the folder: passed over", () => {
    expect(findModules(join(top, "flows"))).toEqual([]);
  });
});
