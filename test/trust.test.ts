import { expect, test } from "vitest";
import { campaignNames } from "../scripts/trust.mjs";
import { figuresSection, filledTrustPage, readFigures, trustTable } from "../scripts/trust-page.mjs";
import { type Figures, faultsOf } from "./campaign/ledger.js";

const sample: Figures = {
  campaign: "crash",
  promises: ["G1", "G3"],
  injected: { "F01 kill -9": 1200, "F02 kill -9 in the recovery": 34 },
  planted: { "ack before write": true },
  points: 1234,
  violations: [],
  notes: { shapes: 12 },
  commit: "abc",
  node: "v20",
  machine: "2 cores",
  seconds: 150,
};

test("npm run trust: a row says what a campaign put in, caught and found", () => {
  expect(trustTable([sample]).at(-1)).toBe("| crash | G1 G3 | 1,234 | 1,234 | 1 of 1 | 0 | 3 min |");
  expect(figuresSection([sample])).toContain("F01 kill -9: 1,200; F02 kill -9 in the recovery: 34.");
});

test("npm run trust: the figures take the place of older ones, and nothing else of the page changes", () => {
  const page = "before\n<!-- figures: made by npm run trust -- --save -->\nold\n<!-- end of figures -->\nafter\n";
  const filled = filledTrustPage(page, [sample]);
  expect(filled).toMatch(/^before\n<!--[\s\S]*-->\nafter\n$/);
  expect(filled).not.toContain("old");
  expect(filledTrustPage(filled, [sample])).toBe(filled);
});

test("a campaign: is red when a promise was broken, a planted bug missed, or nothing was put in", () => {
  expect(faultsOf(sample)).toEqual([]);
  expect(faultsOf({ ...sample, violations: ["lost"] })).toEqual(["lost"]);
  expect(faultsOf({ ...sample, planted: { "lost timer": false } })).toHaveLength(1);
  expect(faultsOf({ ...sample, injected: {} })).toEqual(["nothing was injected"]);
});

test("docs/trust-figures.json: figures of campaigns that exist, none of them red", () => {
  for (const figures of readFigures() as readonly Figures[]) {
    expect(campaignNames().some((name: string) => figures.campaign.startsWith(name))).toBe(true);
    expect([figures.campaign, ...faultsOf(figures)]).toEqual([figures.campaign]);
  }
});
