import { expect, test } from "vitest";
import { attack, type Kind } from "./corpus/attack.js";
import { hostileDocuments } from "./corpus/hostile-documents.js";
import { hostileConditions, hostileTemplates, hostileTransforms } from "./corpus/hostile-expressions.js";
import { drawBy, mutated } from "./corpus/mutate.js";
import { seedDocuments } from "./corpus/seeds.js";
import { slowPatterns } from "./corpus/slow-patterns.js";
import { traced } from "./corpus/traced.js";

const documents = hostileDocuments().map(({ name, text }) =>
  typeof text === "string" ? { name, text } : { name, base64: Buffer.from(text).toString("base64") },
);
const draw = drawBy(4711);
const others = Array.from({ length: 300 }, (_, n) => ({
  name: `mutation ${n}`,
  text: mutated(draw.of(seedDocuments), seedDocuments, draw),
}));

/** A part of the campaign `hostile`, with the same judge. */
const parts: readonly (readonly [string, Kind, readonly unknown[]])[] = [
  ["conditions", "condition", hostileConditions],
  ["transforms", "transform", hostileTransforms],
  ["templates", "template", hostileTemplates],
  ["patterns, on 50 KB", "pattern", slowPatterns.filter((_, n) => n % 40 === 0)],
  ["documents", "document", documents.filter((_, n) => n % 3 === 0)],
  ["mutated documents", "document", others],
];

test.each(parts)(
  "hostile %s: no escape, no hang, no crash, every refusal with its place",
  async (_name, kind, items) => {
    const { violations, accepted, refused } = await attack(kind, items);
    expect(violations).toEqual([]);
    expect(accepted + refused).toBe(items.length);
  },
);

test("a rig that cannot see an escape is broken: look-ups that reach prototypes are noticed", async () => {
  const plant = ["expression/template.js", "ownPropertyOnly: true", "ownPropertyOnly: false"] as const;
  expect((await attack("template", hostileTemplates.slice(0, 12), plant)).violations).not.toEqual([]);
});

test("hostile documents under strace: nothing connected, started, written, or opened outside", () => {
  const { violations, opened } = traced(
    "validate",
    hostileDocuments().filter((_, n) => n % 4 === 0),
  );
  expect(violations).toEqual([]);
  expect(opened).toBeGreaterThan(10);
});
