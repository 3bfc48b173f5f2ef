import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { JsonObject } from "../contracts/json.js";
import { pack } from "../testing/sample-pack.js";
import { createRuntime } from "./create-runtime.js";
import type { RunResult, Runtime, RuntimeOptions } from "./runtime.js";

let folder = "";
let server: Server;
let url = "";
let count = 0;
let runtimes: Runtime[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "nanobrain-everywhere-"));
  count = 0;
  server = createServer((_request, response) => {
    count += 1;
    response.end(`answer ${count} for SAMPLE-SECRET`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterEach(async () => {
  for (const runtime of runtimes) await runtime.close({ drainMs: 0 });
  runtimes = [];
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

const environment = { SAMPLE_KEY: "SAMPLE-SECRET" };

async function run(document: string, options: RuntimeOptions = {}): Promise<RunResult> {
  const file = join(folder, "flow.yml");
  await writeFile(file, document);
  const runtime = await createRuntime({ packs: [pack], store: join(folder, "store"), environment, ...options });
  runtimes.push(runtime);
  const loaded = await runtime.load(file);
  expect(loaded.diagnostics).toEqual([]);
  return (await runtime.start(loaded, {})).result();
}

const reporter = (executor: string, config: JsonObject, more = ""): string =>
  `name: flow\nsteps:\n  say: { class: ReporterStep, executor: ${executor}, config: ${JSON.stringify(config)}${more} }\n`;
/** Ports that may stay empty are named too. */
const said = ({ warnings }: RunResult): RunResult["warnings"] =>
  warnings.filter(({ code }) => code !== "W_OUTPUT_ABSENT");
const retried = ", error_handling: retry, max_retries: 1, retry_delay: 0";

describe.each(["local", "thread", "process"])("what attempts are given, executor %s", (executor) => {
  it("a class of a pack: runs, with the secrets that are set, masked in what leaves it", async () => {
    const { status, outputs, failures } = await run(reporter(executor, {}));
    expect(failures).toEqual([]);
    expect(status).toBe("completed");
    expect(outputs["say.said"]).toEqual({ emittedBefore: 0, secrets: { SAMPLE_KEY: "***" } });
  });

  it("a function of a pack: is found", async () => {
    const step = `{ class: FunctionStep, executor: ${executor}, config: { function: sample_double }, inputs: { n: { from: n } } }`;
    const units = "input_data_units: { n: { class: DataUnitMemory, default: 21 } }";
    const document = `name: flow\n${units}\nsteps:\n  twice: ${step}\n`;
    expect((await run(document)).failures).toEqual([]);
  });

  it("warnings: once for each text of a step, over attempts, without secrets, in the summary", async () => {
    const warn = ["the source is slow", "the source is slow", "key SAMPLE-SECRET was refused"];
    const result = await run(reporter(executor, { warn, fails: true }, retried));
    expect(result.status).toBe("completed");
    expect(said(result)).toEqual([
      { code: "W_STEP", message: "say: the source is slow" },
      { code: "W_STEP", message: "say: key *** was refused" },
    ]);
  });

  it("warnings without end: are cut", async () => {
    const warn = Array.from({ length: 50 }, (_, at) => `part ${at} is missing`);
    const warnings = said(await run(reporter(executor, { warn })));
    expect(warnings).toHaveLength(21);
    expect(warnings.at(-1)?.message).toBe("say: Further warnings are left out: more than 20");
  });

  it("emitted: what earlier attempts sent that is on disk", async () => {
    const { status, outputs } = await run(reporter(executor, { emit: 3, fails: true }, retried));
    expect(status).toBe("completed");
    expect(outputs["say.said"]).toMatchObject({ emittedBefore: 3 });
  });

  it("HTTP: is recorded, without secrets, and replayed without anybody being asked", async () => {
    const recordings = join(folder, "recordings");
    const http = { mode: "record", folder: recordings } as const;
    const first = await run(reporter(executor, { url }), { http });
    expect(first.outputs["say.said"]).toMatchObject({ status: 200, text: "answer 1 for ***" });
    const names = await readdir(recordings);
    expect(names).toHaveLength(1);
    expect(await readFile(join(recordings, names[0] ?? ""), "utf8")).not.toContain("SAMPLE-SECRET");
    const replay = { ...http, mode: "replay" } as const;
    const second = await run(reporter(executor, { url }), { http: replay, store: "memory" });
    expect(second.outputs["say.said"]).toMatchObject({ status: 200, text: "answer 1 for (hidden)" });
    const missed = await run(reporter(executor, { url: `${url}other` }), { http: replay, store: "memory" });
    expect(missed.failures[0]?.failure.code).toBe("E_RECORDING");
    expect(count).toBe(1);
  });
});

describe("recordings as an option of the runtime", () => {
  it("a folder that is not there: cannot be replayed from", async () => {
    const http = { mode: "replay", folder: join(folder, "nowhere") } as const;
    await expect(createRuntime({ http })).rejects.toMatchObject({ code: "E_USAGE" });
  });
});

describe("an executor that is not there yet", () => {
  it("another stands in: the run says so, not the document", async () => {
    const result = await run(reporter("parsl", {}));
    expect(result.status).toBe("completed");
    expect(said(result)).toEqual([{ code: "W_EXECUTOR", message: expect.stringMatching(/^ParslExecutor/) as string }]);
  });
});
