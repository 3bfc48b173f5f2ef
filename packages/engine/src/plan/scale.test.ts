import { describe, expect, it } from "vitest";
import { createRegistry } from "../components/registry.js";
import type { LinkEntry, Places, StepEntry, WorkflowDocument } from "../document/document.js";
import { standInStep } from "../testing/compile-text.js";
import { compilePlan } from "./compile-plan.js";

const place = { file: "big.yml", line: 1, column: 1 };
const places: Places = {
  of: () => place,
  inside: () => place,
  diagnostic: (severity, code, path, message) => ({ ...place, severity, code, path: path.join("."), message }),
};

const registry = createRegistry({ definitions: [standInStep("lab.Open", "open", "open")] });

function step(name: string): StepEntry {
  const path = ["steps", name];
  return {
    className: "Open",
    config: {},
    path,
    configPath: path,
    name,
    resources: {},
    checkpoint: false,
    dependsOn: [],
    whenAbsent: "skip",
    concurrency: 1,
    maxActivations: 1000,
    inputs: [],
    outputs: [],
  };
}

function link(from: number, to: number, name: string): LinkEntry {
  const path = ["links", name];
  const config = { source: `s${from}.out`, target: `s${to}.in${from}` };
  return { className: "DirectLink", config, path, configPath: [...path, "config"], name, short: false };
}

function big(steps: number, links: readonly LinkEntry[]): WorkflowDocument {
  return {
    file: "big.yml",
    places,
    name: "big",
    className: "Workflow",
    strategy: "graph",
    errorHandling: "stop",
    recovery: {
      maxRetries: 3,
      retryDelayMs: 1000,
      timeoutMs: null,
      rollbackOnFailure: false,
      preservePartialResults: true,
    },
    hooks: {},
    completion: "quiescent",
    units: [],
    steps: Array.from({ length: steps }, (_, i) => step(`s${i}`)),
    links,
    triggers: [],
    pools: {},
    monitoring: {
      progressTracking: true,
      checkpointIntervalMs: null,
      metricsCollection: true,
      realTimeUpdates: true,
      performanceOptimization: true,
    },
    metadata: {},
  };
}

/** Three links from each step to later ones. */
function wide(steps: number): WorkflowDocument {
  const links = Array.from({ length: steps }, (_, i) => [1, 7, 31].map((gap) => [i, i + gap] as const)).flat();
  const fitting = links.filter(([, to]) => to < steps);
  return big(
    steps,
    fitting.map(([from, to]) => link(from, to, `l${from}_${to}`)),
  );
}

function chain(steps: number): WorkflowDocument {
  return big(
    steps,
    Array.from({ length: steps - 1 }, (_, i) => link(i, i + 1, `l${i}`)),
  );
}

/** CPU time in microseconds: what else runs on the machine does not count. */
async function timed(document: WorkflowDocument): Promise<number> {
  const before = process.cpuUsage();
  const { plan } = await compilePlan(document, registry, { modules: false, hash: (text) => String(text.length) });
  expect(plan?.workflows[0]?.steps.length).toBe(document.steps.length);
  // Their sum is exact; how it is split is an estimate, which may be 0 of either.
  const { user, system } = process.cpuUsage(before);
  return Math.max(1, user + system);
}

describe("scale", () => {
  it("10,000 steps with 30,000 links: time grows with size, not with its square", async () => {
    await timed(wide(1000));
    const small = Math.min(await timed(wide(1000)), await timed(wide(1000)), await timed(wide(1000)));
    const large = await timed(wide(10_000));
    expect(large / small).toBeLessThan(40);
  });

  it("a long cycle: found, printed short", async () => {
    const document = chain(2000);
    const closed = { ...document, links: [...document.links, link(1999, 0, "back")] };
    const { diagnostics } = await compilePlan(closed, registry, { modules: false });
    expect(diagnostics.map((one) => one.code)).toEqual(["E_CYCLE"]);
    expect(diagnostics[0]?.message).toContain("s0->s1->s2->s3->s4->s5->(1989 more)->s1995");
  });
});
