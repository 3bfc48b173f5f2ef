import { execFile, spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { type FakeModelServer, startFakeModelServer } from "@nanobrain/library/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { seedText } from "../packages/engine/src/testing/seed-document.js";

const root = resolve(import.meta.dirname, "..");
const bin = join(root, "packages/nanobrain/bundle/nanobrain.cjs");
const query = "literature_sources=deep learning protein structure prediction";

type Printed = {
  readonly run_id: string;
  readonly status: string;
  readonly outputs: { readonly [name: string]: unknown };
  readonly steps: { readonly [name: string]: { readonly status: string; readonly attempts: number } };
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
};

let folder: string;
let server: FakeModelServer | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nanobrain-research-"));
  cpSync(join(root, "examples/research"), folder, {
    recursive: true,
    filter: (path) => !/(\.nanobrain|results)$/.test(path),
  });
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

const environment = { PATH: process.env["PATH"] ?? "", HOME: tmpdir() };

async function nanobrain(
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const options = { cwd: folder, env: environment, maxBuffer: 64 * 1024 * 1024 };
  return promisify(execFile)(process.execPath, [bin, ...args], options).then(
    ({ stdout, stderr }) => ({ code: 0, out: stdout, err: stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      out: error.stdout,
      err: error.stderr,
    }),
  );
}

/** With `record` what is not in the recordings, as a model on loopback, is asked for. */
const recordings = (record: boolean): readonly string[] => [
  "--replay-http",
  "recordings",
  ...(record ? ["--record-http", "recordings"] : []),
];

const statuses = ({ steps }: Printed) =>
  Object.fromEntries(Object.entries(steps).map(([name, { status }]) => [name, status]));

describe("the research workflow", () => {
  it("stands in the example word for word, and loads with one warning", async () => {
    expect(readFileSync(join(root, "examples/research/research.yml"), "utf8")).toBe(seedText);
    const { out } = await nanobrain("validate", "research.yml", "--json");
    expect(JSON.parse(out)).toMatchObject({ ok: true, diagnostics: [{ code: "W_UNIT_UNDECLARED" }] });
  });

  it("runs to the end: a finished PDF, HTML and DOCX, and it says who stood in for whom", async () => {
    const ended = await nanobrain("run", "research.yml", "-i", query, ...recordings(false), "--out", "out", "--json");
    expect([ended.code, ended.err]).toEqual([0, expect.any(String)]);
    const printed = JSON.parse(ended.out) as Printed;
    expect(new Set(Object.values(statuses(printed)))).toEqual(new Set(["succeeded"]));
    const names = { pdf: "%PDF-", html: "<!doctype html>", docx: "PK" };
    const written = printed.outputs["report_generation.report"] as {
      readonly [format: string]: { readonly name: string };
    };
    for (const [format, start] of Object.entries(names)) {
      const bytes = readFileSync(join(folder, "out", written[format]?.name ?? ""));
      expect([format, bytes.subarray(0, start.length).toString("latin1").toLowerCase()]).toEqual([
        format,
        start.toLowerCase(),
      ]);
    }
    const html = readFileSync(join(folder, "out", written["html"]?.name ?? ""), "utf8");
    expect(html).toContain("AlphaFold");
    expect(html).not.toMatch(/<script|https?:\/\/[^"]*\.(js|css)"/);
    const said = printed.warnings.map(({ message }) => message).join("\n");
    for (const words of ["ParslExecutor", "google_scholar", "local model"]) expect(said).toContain(words);
  });

  it("killed in the middle of the agent's second model call: resumed, no call is made twice", async () => {
    const model = await startFakeModelServer(({ number }) => {
      if (number === 1) return { toolCalls: [{ name: "count", input: { years: [2021, 2022, 2022] } }] };
      if (number === 2) return { text: "Half of the answer", hang: 2 };
      return { text: "## Findings\n\nPrediction of structures has become accurate [@jumper2021]." };
    });
    server = model;
    writeFileSync(
      join(folder, "config/research_agent.yml"),
      `model: openai/fake
base_url: ${model.baseUrl}
tools:
  count:
    class: TransformStep
    config: { expression: "$count(years)" }
    description: Counts years.
    inputs: { years: { schema: { type: array } } }
`,
    );
    const flags = ["--run-id", "killed", ...recordings(true)];
    const child = spawn(process.execPath, [bin, "run", "research.yml", "-i", query, ...flags], {
      cwd: folder,
      env: environment,
      stdio: "ignore",
    });
    const ended = new Promise((done) => child.once("close", done));
    await expect.poll(() => [model.calls.length, child.exitCode], { timeout: 90_000, interval: 50 }).toEqual([2, null]);
    child.kill("SIGKILL");
    await ended;
    const resumed = await nanobrain("resume", "killed", ...recordings(true), "--out", "out", "--json");
    expect([resumed.code, resumed.err]).toEqual([0, expect.any(String)]);
    const printed = JSON.parse(resumed.out) as Printed;
    expect(new Set(Object.values(statuses(printed)))).toEqual(new Set(["succeeded"]));
    // The first call is on disk; the second was cut off and is made again.
    expect(model.calls).toHaveLength(3);
    const seen = model.calls.map(({ body }) => (body["messages"] as readonly unknown[]).length);
    expect(seen[2]).toBe(seen[1]);
    const effects = await nanobrain("events", "killed", "--jsonl");
    const recorded = effects.out
      .split("\n")
      .flatMap((line) => (line.includes('"effect.recorded"') ? [(JSON.parse(line) as { name: string }).name] : []));
    expect(recorded.length).toBe(new Set(recorded).size);
    const html = (printed.outputs["report_generation.report"] as { html: { name: string } }).html.name;
    expect(readFileSync(join(folder, "out", html), "utf8")).toContain("has become accurate");
  });

  it("data of too low quality: analysis and report are skipped, and why says so", async () => {
    writeFileSync(join(folder, "config/cleaning_rules.yml"), "- require: [isbn]\n");
    const ended = await nanobrain(
      "run",
      "research.yml",
      "-i",
      query,
      "--run-id",
      "poor",
      ...recordings(false),
      "--json",
    );
    const printed = JSON.parse(ended.out) as Printed;
    expect(printed.status).toBe("completed");
    expect(statuses(printed)).toEqual({
      literature_search: "succeeded",
      data_collection: "succeeded",
      data_preprocessing: "succeeded",
      llm_analysis: "skipped",
      report_generation: "skipped",
    });
    const why = await nanobrain("why", "poor", "llm_analysis");
    expect(why.out).toContain("data_quality_score > 0.7");
    expect((await nanobrain("why", "poor", "report_generation")).out).toContain("llm_analysis");
    expect(existsSync(join(folder, "results"))).toBe(false);
  });
});
