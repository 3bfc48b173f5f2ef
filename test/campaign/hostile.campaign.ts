import { spawnSync } from "node:child_process";
import { test } from "vitest";
import { type Attacked, attack, type Kind } from "../corpus/attack.js";
import { type HostileDocument, hostileDocuments } from "../corpus/hostile-documents.js";
import { hostileConditions, hostileTemplates, hostileTransforms } from "../corpus/hostile-expressions.js";
import { drawBy, mutated, mutatedBytes } from "../corpus/mutate.js";
import { longRuns, seedConditions, seedDocuments, seedTemplates, seedTransforms } from "../corpus/seeds.js";
import { slowPatterns } from "../corpus/slow-patterns.js";
import { traced, withoutProto } from "../corpus/traced.js";
import { wrongTypes } from "../corpus/wrong-types.js";
import { filesBelow, root } from "../project.js";
import type { Plant } from "../secrets/workbench.js";
import { campaign, type Ledger } from "./ledger.js";

/** `HOSTILE_SHARE=0.1` takes a tenth of the mutations. */
const share = Number(process.env["HOSTILE_SHARE"] ?? 1);
const batch = 10_000;

/** A document as it goes to the child. */
const sent = ({ name, text }: HostileDocument) =>
  typeof text === "string" ? { name, text } : { name, base64: Buffer.from(text).toString("base64") };

const fixed: readonly (readonly [string, Kind, readonly unknown[]])[] = [
  ["hostile conditions", "condition", hostileConditions],
  ["hostile transforms", "transform", hostileTransforms],
  ["hostile templates", "template", hostileTemplates],
  ["patterns that make others backtrack, on 50 KB", "pattern", slowPatterns],
  ["hostile documents", "document", hostileDocuments().map(sent)],
  ["runs of 60 KB in every field", "document", longRuns],
  ["the wrong type at every key", "document", wrongTypes()],
];

const fuzzed: readonly (readonly [string, Kind, readonly string[], number])[] = [
  ["mutated conditions", "condition", [...seedConditions, ...hostileConditions], 1_000_000],
  [
    "mutated transforms",
    "transform",
    [...seedTransforms, ...hostileTransforms.filter((text) => text.length < 200)],
    60_000,
  ],
  [
    "mutated templates",
    "template",
    [...seedTemplates, ...hostileTemplates.filter((text) => text.length < 200)],
    60_000,
  ],
];

/** Bugs that the attacks have to see, each put into the built file as it is loaded. */
const bugs: readonly (readonly [string, Plant, Kind, readonly unknown[]])[] = [
  [
    "look-ups reach prototypes",
    ["expression/template.js", "ownPropertyOnly: true", "ownPropertyOnly: false"],
    "template",
    hostileTemplates,
  ],
  ["$eval is not refused", ["expression/transform.js", "eval: ", "evil: "], "transform", ["$eval('\"native code\"')"]],
  [
    "renders without a limit of time",
    ["expression/template.js", "renderLimit: timeoutMs", "renderLimit: 1e12"],
    "template",
    ["{% for i in (1..3000) %}{% for j in (1..30000) %}{{ i }}{% endfor %}{% endfor %}"],
  ],
  [
    "patterns without a limit of work",
    ["expression/linear-pattern.js", "20_000_000", "20_000_000_000"],
    "pattern",
    slowPatterns.slice(0, 110),
  ],
  [
    "a plan that is not the same twice",
    [
      "plan/compile-plan.js",
      "hash: planHash(unhashed, options.hash)",
      "hash: planHash(unhashed, options.hash) + Math.random()",
    ],
    "document",
    [{ name: "any", text: "name: x\nsteps:\n  a: { class: TransformStep, config: { expression: '1' } }\n" }],
  ],
];

async function judge(ledger: Ledger, name: string, kind: Kind, items: readonly unknown[]): Promise<void> {
  await ledger.point(name, async (injected) => {
    const found: Attacked = await attack(kind, items);
    injected(`F-hostile ${kind}s`, items.length);
    ledger.note(`${name}: taken / refused`, `${found.accepted} / ${found.refused}`);
    ledger.note(`${name}: slowest, ms of CPU time`, Math.round(found.slowestMs));
    return found.violations;
  });
}

function documentsOf(batchNumber: number): readonly unknown[] {
  const draw = drawBy(batchNumber + 1);
  return Array.from({ length: batch / 5 }, (_, n) => {
    const text = mutated(draw.of(seedDocuments), seedDocuments, draw);
    return sent({ name: `batch ${batchNumber}, ${n}`, text: n % 5 === 0 ? mutatedBytes(text, draw) : text });
  });
}

test("hostile: documents, expressions, templates and patterns that want out, or want time", () =>
  campaign("hostile", ["S01", "S02", "S03", "S04", "S09"], async (ledger) => {
    for (const [name, kind, items] of fixed) await judge(ledger, name, kind, items);
    for (const [name, kind, seeds, count] of fuzzed)
      for (let n = 0; n * batch < count * share; n++) {
        const draw = drawBy(n + 7);
        await judge(
          ledger,
          `${name}, ${n}`,
          kind,
          Array.from({ length: batch }, () => mutated(draw.of(seeds), seeds, draw)),
        );
      }
    for (let n = 0; n < 25 * share; n++) await judge(ledger, `mutated documents, ${n}`, "document", documentsOf(n));
    for (const [bug, plant, kind, items] of bugs)
      ledger.planted(bug, (await attack(kind, items, plant)).violations.length > 0);
  }));

test("hostile: nothing is opened, started, written or called while documents are looked at", () =>
  campaign("hostile-traced", ["S02", "S05", "S13"], async (ledger) => {
    const some = hostileDocuments();
    for (const [command, documents] of [
      ["validate", some],
      ["plan", some.filter((_, n) => n % 10 === 0)],
    ] as const)
      await ledger.point(command, async (injected) => {
        const { violations, opened } = traced(command, documents);
        injected(`F-hostile documents under strace, ${command}`, documents.length);
        ledger.note(`${command}: files opened`, opened);
        return opened === 0 ? ["strace saw nothing"] : violations;
      });
    await ledger.point("without __proto__", async (injected) => {
      const examples = filesBelow("examples", (name) => name.endsWith(".yml"));
      injected("F-hostile runs without Object.prototype.__proto__", examples.length + 1);
      return withoutProto([
        ...examples.map((file) => ["validate", file]),
        ["run", "examples/programs/words.yml", "-i", "text=@examples/programs/text.txt", "--out", "/dev/null"].slice(
          0,
          5,
        ),
      ]);
    });
  }));

test("conditions: 100,000 random ones mean the same to another implementation of CEL", () =>
  campaign("hostile-oracle", ["S01"], async (ledger) => {
    await ledger.point("oracle", async (injected) => {
      const count = Math.round(100_000 * share);
      const file = "packages/engine/src/expression/condition-oracle.test.ts";
      const env = { ...process.env, NANOBRAIN_ORACLE_RUNS: String(count) };
      const { status, stdout } = spawnSync("npx", ["vitest", "run", file], { cwd: root, env, encoding: "utf8" });
      injected("F-hostile conditions for two implementations", count);
      return status === 0 ? [] : [stdout.slice(-3000)];
    });
  }));
