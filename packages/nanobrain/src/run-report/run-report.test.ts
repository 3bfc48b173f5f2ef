import { createTestRuntime, type TestRuntime } from "@nanobrain/engine/testing";
import { Parser } from "htmlparser2";
import { afterEach, expect, test } from "vitest";
import { gatherFacts } from "./gather-facts.js";
import { runReport } from "./run-report.js";

let runtime: TestRuntime | undefined;
afterEach(() => runtime?.close());

const voids = new Set(["meta", "img", "rect", "line", "br"]);

/** The page's elements by name, and texts; fails where elements are not closed in order. */
function elementsOf(page: string): { readonly names: ReadonlySet<string>; readonly links: readonly string[] } {
  const open: string[] = [];
  const names = new Set<string>();
  const links: string[] = [];
  const parser = new Parser({
    onopentag(name, attributes) {
      names.add(name);
      for (const [key, value] of Object.entries(attributes)) {
        expect(key).not.toMatch(/^on/);
        if (key === "href" || key === "src") links.push(value);
      }
      if (!voids.has(name)) open.push(name);
    },
    onclosetag(name, isImplied) {
      if (voids.has(name)) return;
      expect([name, isImplied]).toEqual([open.pop(), false]);
    },
  });
  parser.end(page);
  expect(open).toEqual([]);
  return { names, links };
}

async function reportOf(
  files: { readonly [path: string]: string },
  inputs: { readonly [unit: string]: string | number | readonly string[] } = {},
  {
    ends = true,
    secrets = {},
  }: { readonly ends?: boolean; readonly secrets?: { readonly [name: string]: string } } = {},
): Promise<string> {
  runtime = await createTestRuntime({ files, secrets });
  const [document = ""] = Object.keys(files);
  const loaded = await runtime.load(document);
  expect(loaded.diagnostics.filter((one) => one.severity === "error")).toEqual([]);
  const run = await runtime.start(loaded, inputs);
  if (ends) await Promise.all([runtime.clock.runUntilIdle(), run.result()]);
  else await runtime.settled();
  return runReport(await gatherFacts(runtime, run.id, { madeAt: runtime.clock.now(), version: "9.9.9" }));
}

const hostile = `</script><script>alert(1)</script><img src=x onerror=alert(1)>" ' & ]]>`;

test("run report: what texts of a run say is text, and nothing is loaded from elsewhere", async () => {
  const page = await reportOf(
    {
      "hostile.yml": `name: hostile
error_handling: continue
input_data_units: { said: { class: DataUnitString } }
output_data_units: { told: { class: DataUnitString } }
steps:
  echo: { class: TransformStep, config: { expression: "said" }, inputs: { said: { from: said } } }
  fail: { class: TransformStep, config: { expression: "$error(said)" }, inputs: { said: { from: said } } }
links: { out: { class: DirectLink, config: { source: echo.output, target: told } } }
`,
    },
    { said: hostile },
  );
  const { names, links } = elementsOf(page);
  expect(names.has("script")).toBe(false);
  expect(links.filter((one) => !/^(#|data:image\/svg\+xml;base64,)/.test(one))).toEqual([]);
  expect(page).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
  expect(page).toContain("E_TRANSFORM");
  expect(page).toContain("9.9.9");
});

test("run report: of 500 steps it stays under 3 MB and lists them all", async () => {
  const steps = Array.from({ length: 500 }, (_, at) => {
    const after = at < 10 ? "" : `, depends_on: [step_${at - 10}]`;
    return `  step_${at}: { class: TransformStep, config: { expression: '"value ${at}"' }${after} }`;
  });
  const page = await reportOf({ "large.yml": `name: large\nsteps:\n${steps.join("\n")}\n` });
  elementsOf(page);
  expect(Buffer.byteLength(page)).toBeLessThan(3 * 1024 * 1024);
  for (const at of [0, 250, 499]) expect(page).toContain(`<code>step_${at}</code>`);
  expect(page).toContain("440 more steps");
  expect(page).toContain("500 of 500");
});

const inner = `name: inner
input_data_units: { text: { class: DataUnitString } }
output_data_units: { made: { class: DataUnitString } }
steps:
  make: { class: TransformStep, config: { expression: "$length(text) > 2 ? $error('too long') : text" }, inputs: { text: { from: text } } }
links: { out: { class: DirectLink, config: { source: make.output, target: made } } }
`;

test("run report: of mapped and nested steps, with failures, retries and what was skipped", async () => {
  const page = await reportOf(
    {
      "outer.yml": `name: outer
error_handling: retry
error_handling_config: { max_retries: 1, retry_delay: 5 }
input_data_units: { texts: { class: DataUnitMemory } }
steps:
  each: { class: Workflow, config: inner.yml, for_each: { over: texts, as: text, max_failures: 5 }, inputs: { texts: { from: texts } } }
  never: { class: TransformStep, config: { expression: "x" } }
links:
  gate: { class: ConditionalLink, config: { source: each.made, target: never.x, condition: "size(value) > 99" } }
`,
      "inner.yml": inner,
    },
    { texts: ["a", "bb", "ccc"] },
  );
  elementsOf(page);
  expect(page).toContain("<code>each[2]/make</code> failed");
  expect(page).toContain("too long");
  expect(page).toMatch(/3 steps of nested workflows/);
  expect(page).toMatch(/<code>never<\/code><\/td>\s*<td><span class="status skipped">/);
  expect(page).toMatch(/aria-label="Timeline of \d steps/);
  const graph = Buffer.from(/data:image\/svg\+xml;base64,([^"]+)/.exec(page)?.[1] ?? "", "base64").toString();
  expect(graph).toMatch(/<g class="step is-skipped"><title>never /);
});

test("run report: of a run that goes on", async () => {
  const page = await reportOf(
    { "waits.yml": "name: waits\nsteps:\n  wait: { class: WaitStep, config: { for: 10h } }\n" },
    {},
    { ends: false },
  );
  elementsOf(page);
  expect(page).toContain('<span class="status waiting">waiting</span>');
  expect(page).toMatch(/to now/);
});

test("run report: values of secrets are not in it", async () => {
  const page = await reportOf(
    {
      "tells.yml": `name: tells
error_handling: continue
steps:
  print: { class: CommandStep, config: { command: [sh, -c, 'printf %s "it is $TOKEN"'], env: { TOKEN: "\${secret:TOKEN}" } } }
  fail: { class: CommandStep, config: { command: [sh, -c, 'echo "no $TOKEN" >&2; exit 3'], env: { TOKEN: "\${secret:TOKEN}" } } }
`,
    },
    {},
    { secrets: { TOKEN: "tok-9f8e7d6c5b4a" } },
  );
  expect(page).toContain("it is ***");
  expect(page).toContain("no ***");
  expect(page).not.toContain("9f8e7d6c5b4a");
});
