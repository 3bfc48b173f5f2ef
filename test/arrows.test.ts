import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "./project.js";

const rules = (
  createRequire(import.meta.url)("../.dependency-cruiser.cjs") as { forbidden: { name: string; comment: string }[] }
).forbidden;

const engine = "packages/engine/src";
const library = "packages/library/src";
const nobody = "export const value = 1;\n";
const imports = (from: string): string => `import { value } from "${from}";\nexport const other = value;\n`;
const importsType = (from: string): string =>
  `import type { value } from "${from}";\nexport type Other = typeof value;\n`;

/** For each rule a file that breaks it, and only it. */
const offences: Record<string, readonly [path: string, source: string]> = {
  "no-runtime-cycle": [`${engine}/observe/cycle.ts`, imports("./loop-back.js")],
  "engine-knows-no-other-package": [`${engine}/runtime/asks-studio.ts`, imports("../../../studio/src/door.js")],
  "nobody-imports-the-command-line": ["packages/studio/src/asks-cli.ts", imports("../../nanobrain/src/door.js")],
  "engine-by-its-door": ["packages/nanobrain/src/deep.ts", imports("../../engine/src/plan/leaf.js")],
  "no-test-code-in-the-product": [`${engine}/host/uses-kit.ts`, imports("../testing/leaf.js")],
  "only-declared-packages": [
    `${engine}/host/undeclared.ts`,
    `import * as check from "fast-check";\nexport { check };\n`,
  ],
  "no-broken-import": [`${engine}/host/broken.ts`, imports("./nowhere.js")],
  "pure-rooms-touch-no-world": [
    `${engine}/observe/reads.ts`,
    `import { readFileSync } from "node:fs";\nexport { readFileSync };\n`,
  ],
  "pure-rooms-know-no-actors": [`${engine}/observe/acts.ts`, imports("../host/leaf.js")],
  "document-libraries": [`${engine}/document/schema.ts`, `import { z } from "zod";\nexport { z };\n`],
  "expression-libraries": [`${engine}/expression/yaml.ts`, `import { parse } from "yaml";\nexport { parse };\n`],
  "no-libraries-in-deciding-rooms": [`${engine}/kernel/schema.ts`, `import { z } from "zod";\nexport { z };\n`],
  "document-comes-first": [`${engine}/document/plans.ts`, imports("../plan/leaf.js")],
  "expression-stands-alone": [`${engine}/expression/plans.ts`, imports("../plan/leaf.js")],
  "plan-before-run": [`${engine}/plan/runs.ts`, importsType("../kernel/leaf.js")],
  "kernel-knows-only-the-plan": [`${engine}/kernel/parses.ts`, importsType("../document/leaf.js")],
  "admit-knows-no-run": [`${engine}/admit/folds.ts`, imports("../kernel/leaf.js")],
  "host-reaches-the-world-through-contracts": [`${engine}/host/opens.ts`, imports("../adapters/stores/memory/leaf.js")],
  "components-stand-on-contracts": [`${engine}/components/steps/drives.ts`, imports("../../host/leaf.js")],
  "adapters-stand-on-contracts": [`${engine}/adapters/stores/memory/drives.ts`, imports("../../../host/leaf.js")],
  "no-adapter-imports-another": [`${engine}/adapters/stores/sqlite/borrows.ts`, imports("../memory/leaf.js")],
  "no-kind-of-adapter-imports-another": [
    `${engine}/adapters/executors/local/stores.ts`,
    imports("../../stores/memory/leaf.js"),
  ],
  "contracts-are-interfaces": [`${engine}/contracts/runs.ts`, imports("../kernel/leaf.js")],
  "errors-know-nobody": [`${engine}/errors/plans.ts`, imports("../plan/leaf.js")],
  "values-and-react-know-no-actors": [`${engine}/values/drives.ts`, imports("../host/leaf.js")],
  "express-decides-nothing": [`${engine}/express/drives.ts`, imports("../host/leaf.js")],
  "react-sees-through-contracts": [
    `${engine}/react/watches.ts`,
    `import { watch } from "node:fs";\nexport { watch };\n`,
  ],
  "tools-know-no-room": [`${engine}/processes/plans.ts`, imports("../plan/leaf.js")],
  "definitions-become-documents": [`${engine}/runtime/definition/plans.ts`, imports("../../plan/leaf.js")],
  "serve-steers-as-anybody": [`${engine}/runtime/serve/drives.ts`, imports("../../host/leaf.js")],
  "kit-knows-no-rig": [`${engine}/testing/kit/rigs.ts`, imports("../leaf.js")],
  "kit-declares-its-packages": [
    `${engine}/testing/kit/undeclared.ts`,
    `import * as check from "fast-check";\nexport { check };\n`,
  ],
  "agents-use-models-and-servers-of-tools": [`${library}/agents/talks.ts`, imports("../chat/leaf.js")],
  "chat-uses-agents": [`${library}/chat/searches.ts`, imports("../research/leaf.js")],
  "other-rooms-of-the-library-stand-alone": [`${library}/reports/searches.ts`, imports("../research/leaf.js")],
  "library-loads-late": [`${library}/pack.ts`, imports("./research/leaf.js")],
};

/** What the rules must allow. */
const allowed: Record<string, string> = {
  [`${engine}/observe/loop-back.ts`]: imports("./cycle.js"),
  [`${engine}/plan/types-cycle.ts`]: importsType("./types-cycle-back.js"),
  [`${engine}/plan/types-cycle-back.ts`]: importsType("./types-cycle.js"),
  [`${engine}/plan/zod-types.ts`]: `import type { z } from "zod";\nexport type Schema = z.ZodType;\n`,
  [`${engine}/contracts/kernel-types.ts`]: importsType("../kernel/leaf.js"),
  [`${engine}/kernel/good.ts`]: imports("../plan/leaf.js"),
  [`${engine}/adapters/executors/shared.ts`]: nobody,
  [`${engine}/adapters/executors/local/good.ts`]: imports("../shared.js"),
  [`${engine}/kernel/anything.test.ts`]: imports("../host/leaf.js"),
  [`${engine}/index.ts`]: imports("./runtime/leaf.js"),
  [`${engine}/runtime/leaf.ts`]: nobody,
  [`${engine}/testing/leaf.ts`]: nobody,
  [`${engine}/testing/simulated-clock.ts`]: nobody,
  [`${engine}/testing/kit/good.ts`]: imports("../simulated-clock.js"),
  [`${engine}/runtime/serve/good.ts`]: imports("../leaf.js"),
  [`${engine}/react/good.ts`]: imports("../plan/leaf.js"),
  [`${engine}/adapters/stores/memory/leaf.ts`]: nobody,
  "packages/nanobrain/src/door.ts": `import * as engine from "@nanobrain/engine";\nexport { engine };\nexport const value = 1;\n`,
  "packages/studio/src/door.ts": nobody,
  [`${library}/agents/good.ts`]: imports("../models/leaf.js"),
  ...Object.fromEntries(["chat", "models", "research"].map((room) => [`${library}/${room}/leaf.ts`, nobody])),
  ...Object.fromEntries(["document", "plan", "kernel", "host"].map((room) => [`${engine}/${room}/leaf.ts`, nobody])),
};

let folder = "";
let broken: ReadonlySet<string> = new Set();

function plant(path: string, text: string): void {
  mkdirSync(join(folder, dirname(path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

function cruise(): ReadonlySet<string> {
  const program = join(root, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs");
  const config = join(root, ".dependency-cruiser.cjs");
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [program, "packages", "--config", config, "--output-type", "json"],
    {
      cwd: folder,
      encoding: "utf8",
      maxBuffer: 1 << 28,
    },
  );
  if (stdout === "") expect.fail(stderr);
  const { summary } = JSON.parse(stdout) as { summary: { violations: { rule: { name: string }; from: string }[] } };
  return new Set(summary.violations.map(({ rule, from }) => `${rule.name} <- ${from}`));
}

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "nanobrain-arrows-")));
  for (const [path, source] of Object.values(offences)) plant(path, source);
  for (const [path, source] of Object.entries(allowed)) plant(path, source);
  plant("tsconfig.base.json", "{}");
  plant("package.json", JSON.stringify({ private: true, workspaces: ["packages/*"] }));
  const dependencies = { yaml: "*", zod: "*", "@nanobrain/engine": "*" };
  const exports = { ".": { "nanobrain-source": "./src/index.ts", default: "./dist/index.js" } };
  plant("packages/engine/package.json", JSON.stringify({ name: "@nanobrain/engine", dependencies, exports }));
  plant("packages/nanobrain/package.json", JSON.stringify({ name: "nanobrain", dependencies }));
  mkdirSync(join(folder, "node_modules/@nanobrain"), { recursive: true });
  for (const name of ["yaml", "zod", "fast-check"])
    symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name));
  symlinkSync(join(folder, "packages/engine"), join(folder, "node_modules/@nanobrain/engine"));
  broken = cruise();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("arrows", () => {
  it("every rule: says what to do instead, and has a planted offence here", () => {
    expect(Object.keys(offences).sort()).toEqual(rules.map(({ name }) => name).sort());
    for (const { comment } of rules) expect(comment.length).toBeGreaterThan(30);
  });

  it.each(Object.entries(offences))("%s: a planted offence is caught", (rule, [path]) => {
    expect([...broken]).toContain(`${rule} <- ${path}`);
  });

  it("what the architecture allows: no rule complains", () => {
    const innocent = Object.keys(allowed).filter((path) => !path.endsWith("/loop-back.ts"));
    expect([...broken].filter((line) => innocent.some((path) => line.endsWith(`<- ${path}`)))).toEqual([]);
  });
});
