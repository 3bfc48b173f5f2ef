import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Workplace } from "./workplace.js";

const bin = fileURLToPath(new URL("../../bundle/nanobrain.cjs", import.meta.url));

const files = {
  "greet.yml": `name: greet
description: Greets somebody.
input_data_units:
  name: { class: DataUnitString }
  times: { class: DataUnitMemory, default: 1, schema: { type: integer, description: "How often." } }
output_data_units: { greeting: { class: DataUnitMemory }, card: { class: DataUnitMemory } }
steps:
  say: { class: FunctionStep, config: { function: ./say.ts#say }, inputs: { value: { from: name } } }
  print: { class: TemplateStep, config: { template: "Dear {{ who }}, {{ times }} times", name: card.txt }, inputs: { who: { from: name }, times: { from: times } } }
links:
  a: { class: DirectLink, config: { source: say.output, target: greeting } }
  b: { class: DirectLink, config: { source: print.file, target: card } }
`,
  "say.ts": `export function say(value: string) {
  console.log("this is no protocol");
  if (value === "nobody") throw new TypeError("nobody is there");
  return "Hello " + value;
}
`,
  "approve.yml": `name: approve
output_data_units: { out: { class: DataUnitMemory } }
steps: { ask: { class: ApprovalStep, config: { question: "Publish?", choices: [yes, no] } } }
links: { o: { class: DirectLink, config: { source: ask.decision, target: out } } }
`,
  "wait.yml": `name: wait
steps: { long: { class: CommandStep, config: { command: [sleep, "600"] } } }
`,
};

type Answer = {
  readonly isError?: boolean;
  readonly content: readonly {
    readonly type: string;
    readonly uri?: string;
    readonly resource?: { readonly uri: string; readonly text: string };
  }[];
  readonly structuredContent: { readonly [name: string]: unknown };
};

let place: Workplace;
let client: Client;

async function connected(...args: readonly string[]): Promise<Client> {
  const one = new Client({ name: "test", version: "1" });
  const env = { PATH: process.env["PATH"] ?? "", HOME: place.folder };
  await one.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [bin, "mcp", ...args],
      cwd: place.folder,
      env,
      stderr: "pipe",
    }),
  );
  return one;
}

const call = async (name: string, given: { readonly [name: string]: unknown }, options = {}): Promise<Answer> =>
  (await client.callTool({ name, arguments: { ...given } }, undefined, {
    timeout: 60_000,
    ...options,
  })) as unknown as Answer;

beforeEach(async () => {
  place = new Workplace(files);
  client = await connected("greet.yml", "approve.yml", "wait.yml");
});
afterEach(async () => {
  await client.close();
  place.close();
});

describe("mcp", () => {
  it("each workflow is a tool with the schema of its inputs, beside those that look at runs", async () => {
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name).sort()).toEqual(
      [
        "approve",
        "greet",
        "wait",
        ...["answer", "cancel", "run", "runs", "why"].map((name) => `nanobrain_${name}`),
      ].sort(),
    );
    expect(tools.find(({ name }) => name === "greet")).toMatchObject({
      description: expect.stringContaining("Greets somebody."),
      inputSchema: {
        properties: { name: { type: "string" }, times: { type: "integer", description: "How often." } },
        required: ["name"],
      },
    });
  });

  it("a call is a run: its outputs, files among them, and progress on the way; what code prints is no message", async () => {
    const heard: number[] = [];
    const answer = await call(
      "greet",
      { name: "Ada", times: 2 },
      { onprogress: ({ total }: { total?: number }) => heard.push(total ?? 0) },
    );
    expect(answer.structuredContent).toMatchObject({ status: "completed", outputs: { greeting: "Hello Ada" } });
    const [file] = answer.content.flatMap((block) => (block.resource === undefined ? [] : [block.resource]));
    expect(file?.text).toBe("Dear Ada, 2 times");
    expect(heard.length).toBeGreaterThan(0);
    const { contents } = await client.readResource({ uri: file?.uri ?? "" });
    expect(contents).toMatchObject([{ text: "Dear Ada, 2 times" }]);
    expect((await place.runs()).map(({ status }) => status)).toEqual(["completed"]);
  });

  it("what goes wrong is an answer with code and hint: inputs, failures of steps, tools and runs that are not there", async () => {
    expect(await call("greet", {})).toMatchObject({ isError: true, structuredContent: { error: { code: "E_INPUT" } } });
    const failed = await call("greet", { name: "nobody" });
    expect(failed).toMatchObject({
      isError: true,
      structuredContent: { status: "failed", failures: [{ step: "say", code: "E_STEP" }] },
    });
    expect(await call("sing", {})).toMatchObject({ isError: true, structuredContent: { error: { code: "E_USAGE" } } });
    expect(await call("nanobrain_run", { run: "none" })).toMatchObject({
      isError: true,
      structuredContent: { error: { code: "E_RUN_UNKNOWN" } },
    });
    const why = await call("nanobrain_why", { run: String(failed.structuredContent["run"]), step: "say" });
    expect(JSON.stringify(why.structuredContent)).toContain("nobody is there");
  });

  it("a run that asks a person says so, and goes on with the answer", async () => {
    const asked = await call("approve", {});
    expect(asked.structuredContent).toMatchObject({
      status: "waiting",
      asks: [{ step: "ask", question: "Publish?", choices: ["yes", "no"] }],
    });
    const run = String(asked.structuredContent["run"]);
    expect(await call("nanobrain_answer", { run, step: "ask", value: "perhaps" })).toMatchObject({
      isError: true,
      structuredContent: { error: { code: "E_ANSWER" } },
    });
    expect(await call("nanobrain_answer", { run, step: "ask", answer: "yes" })).toMatchObject({
      isError: true,
      structuredContent: { error: { code: "E_USAGE" } },
    });
    expect((await call("nanobrain_answer", { run, step: "ask", value: "yes" })).structuredContent).toMatchObject({
      status: "completed",
      outputs: { out: "yes" },
    });
    expect((await call("nanobrain_run", { run })).structuredContent).toMatchObject({
      status: "completed",
      outputs: { out: "yes" },
    });
  });

  it("cancelled by the client, or by its tool: the run is cancelled", async () => {
    const abort = new AbortController();
    const pending = call("wait", {}, { signal: abort.signal }).catch(() => "aborted");
    await expect.poll(() => place.runs(), { timeout: 60_000 }).toHaveLength(1);
    abort.abort();
    expect(await pending).toBe("aborted");
    const statuses = async () => (await place.runs()).map(({ status }) => status);
    await expect.poll(statuses, { timeout: 60_000 }).toEqual(["cancelled"]);
    const other = call("wait", {});
    await expect.poll(statuses, { timeout: 60_000 }).toEqual(["running", "cancelled"]);
    const { structuredContent } = await call("nanobrain_runs", { unfinished: true });
    const [row] = structuredContent["runs"] as readonly { readonly run: string }[];
    expect((await call("nanobrain_cancel", { run: row?.run })).structuredContent).toMatchObject({ done: true });
    expect((await other).structuredContent).toMatchObject({ status: "cancelled" });
  });

  it("the client is gone: the run is not, and can be resumed", async () => {
    const asked = await call("approve", {});
    await client.close();
    const run = String(asked.structuredContent["run"]);
    await expect
      .poll(async () => (await place.run("answer", run, "ask", "-d", "no")).code, { timeout: 60_000 })
      .toBe(0);
    expect((await place.run("resume", run)).code).toBe(0);
  });

  it("a document with faults: said on standard error, exit 2, nothing on standard output", async () => {
    place.write("bad.yml", "name: bad\nsteps: { a: { class: Nonsense } }\n");
    const { code, out, err } = await place.run("mcp", "bad.yml");
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain("E_CLASS_UNKNOWN");
  });
});
