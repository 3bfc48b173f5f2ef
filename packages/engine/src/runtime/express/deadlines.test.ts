import { describe, expect, it } from "vitest";
import { openMemoryStore } from "../../adapters/stores/memory/memory-store.js";
import { defineStep } from "../../components/define-step.js";
import type { Json } from "../../contracts/json.js";
import { buildPlan } from "../../testing/plan-builder.js";
import { createRuntime } from "../create-runtime.js";
import { ExpressHandle } from "./express-handle.js";

type Given = { readonly inputs: { readonly [port: string]: Json } };

function planOf(timeoutMs: number) {
  return buildPlan({
    name: "limited",
    inputs: { start: {} },
    steps: { a: { timeoutMs: 3_600_000 }, b: { timeoutMs }, c: {} },
    outputs: { end: { optional: true } },
    links: ["start -> a.in", "a.out -> b.in", "b.out -> c.in", "c.out -> end"],
  });
}

/** Runs `b` with its time. `driven`: by a driver from the beginning. */
async function run(timeoutMs: number, b: (given: Given) => unknown, driven = false) {
  const pass = async ({ inputs }: Given) => ({ out: inputs["in"] });
  const steps = Object.entries({ a: pass, b, c: pass }).map(([name, code]) =>
    defineStep({ class: `built.${name}`, version: "1", run: (given) => code(given) as { readonly out: Json } }),
  );
  const runtime = await createRuntime({ steps, ...(driven ? { store: openMemoryStore() } : {}) });
  const loaded = { plan: planOf(timeoutMs), diagnostics: [], project: process.cwd(), phases: {}, compiled: false };
  const handle = await runtime.start(loaded, { start: 1 });
  const { status, outputs, failures } = await handle.result();
  await runtime.close();
  const isExpress = handle instanceof ExpressHandle;
  const handedOver = isExpress && handle.isHandedOver;
  return { isExpress, handedOver, status, outputs, failures: failures.map(({ step, failure }) => ({ step, failure })) };
}

const never = () => new Promise(() => undefined);

describe("time of a step, on the express way", () => {
  it("ends in time: nobody takes the run over", async () => {
    const ran = await run(3_600_000, async ({ inputs }) => ({ out: inputs["in"] }));
    expect(ran).toMatchObject({ isExpress: true, handedOver: false, status: "completed", outputs: { end: 1 } });
  });

  it("too late: fails with the words that a driver has for it", async () => {
    const express = await run(20, never);
    const driven = await run(20, never, true);
    expect(express).toMatchObject({ isExpress: true, handedOver: true, status: "failed" });
    expect(driven).toMatchObject({ isExpress: false, status: "failed" });
    expect(express.failures).toEqual(driven.failures);
    expect(express.failures).toMatchObject([{ step: "b", failure: { code: "E_TIMEOUT", details: { timeoutMs: 20 } } }]);
  });
});
