import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { sweepScratch } from "./sweep-scratch.js";

it("sweepScratch: removes folders of the run's attempts, and of no other run whose name begins like it", async () => {
  const scratch = mkdtempSync(join(tmpdir(), "nanobrain-scratch-"));
  for (const name of ["attempt-a-4", "attempt-a-12", "attempt-a-1-7", "attempt-ab-3", "attempt-a-x"]) {
    mkdirSync(join(scratch, name));
    writeFileSync(join(scratch, name, "left"), "");
  }
  await sweepScratch(scratch, "a");
  expect(readdirSync(scratch).toSorted()).toEqual(["attempt-a-1-7", "attempt-a-x", "attempt-ab-3"]);
  await sweepScratch(join(scratch, "none"), "a");
  rmSync(scratch, { recursive: true });
});
