import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import {
  type FakeCall,
  type FakeReply,
  startFakeModelServer,
} from "../packages/library/src/testing/fake-model-server.js";
import { commandLine, plainEnvironment } from "./project.js";

const open: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function folderWith(baseUrl: string, executor: string, more: object = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "nanobrain-agents-"));
  open.push(() => rm(folder, { recursive: true, force: true }));
  const note = {
    class: "CommandStep",
    config: { command: ["node", join(folder, "note.mjs"), "{{ word }}"] },
    access: ["private"],
  };
  const agent = { class: "SimpleAgent", config: { model: "compatible/fake", base_url: baseUrl, tools: { note } } };
  const config = { agent, prompt: "Note it, then say what you did." };
  const document = { name: "noting", ...more, steps: { think: { class: "AgentStep", executor, config } } };
  await writeFile(join(folder, "flow.yml"), JSON.stringify(document));
  await writeFile(
    join(folder, "note.mjs"),
    `import { appendFileSync } from "node:fs";\nappendFileSync(${JSON.stringify(join(folder, "notes.txt"))}, process.argv[2] + "\\n");\nconsole.log("noted");\n`,
  );
  return folder;
}

function nanobrain(
  folder: string,
  args: readonly string[],
): { readonly child: ChildProcess; readonly ended: Promise<string> } {
  const child = spawn(process.execPath, [commandLine, ...args], { cwd: folder, env: plainEnvironment() });
  open.push(() => void child.kill("SIGKILL"));
  let text = "";
  child.stdout.on("data", (part: Buffer) => {
    text += String(part);
  });
  return { child, ended: new Promise((resolve) => child.on("close", () => resolve(text))) };
}

const turnOf = (call: FakeCall): number =>
  (call.body["messages"] as readonly { readonly role: string }[]).filter(({ role }) => role === "assistant").length + 1;

test.each(["local", "process"])(
  "agents on %s: killed in the middle of the second call of a model, a run goes on without repeating a call",
  async (executor) => {
    let kill = (): void => undefined;
    let isFirst = true;
    const reply = (call: FakeCall): FakeReply => {
      if (turnOf(call) === 1) return { toolCalls: [{ name: "note", input: { word: "cats" } }] };
      if (!isFirst) return { text: "I noted cats." };
      isFirst = false;
      kill();
      return { text: "I no", hang: 1 };
    };
    const server = await startFakeModelServer(reply);
    open.push(() => server.close());
    const folder = await folderWith(server.baseUrl, executor);
    const first = nanobrain(folder, ["run", "flow.yml", "--run-id", "killed", "--store", "store"]);
    kill = () => void first.child.kill("SIGKILL");
    await first.ended;
    expect(server.calls.map(turnOf)).toEqual([1, 2]);
    const text = await nanobrain(folder, ["resume", "killed", "--store", "store", "--json"]).ended;
    const { status, outputs } = JSON.parse(text) as { status: string; outputs: { [port: string]: unknown } };
    expect([status, outputs["think.text"]]).toEqual(["completed", "I noted cats."]);
    // The call that was cut off had no answer: it alone is made again.
    expect(server.calls.map(turnOf)).toEqual([1, 2, 2]);
    expect(await readFile(join(folder, "notes.txt"), "utf8")).toBe("cats\n");
    expect(outputs["think.usage"]).toMatchObject({ calls: 2, tool_calls: 1 });
  },
  240_000,
);

test("budget of a run: killed in the middle of a call, what was used before counts when it goes on", async () => {
  let kill = (): void => undefined;
  let isFirst = true;
  const server = await startFakeModelServer((call) => {
    if (turnOf(call) !== 3 || !isFirst) return { toolCalls: [{ name: "note", input: { word: `w${turnOf(call)}` } }] };
    isFirst = false;
    kill();
    return { text: "I no", hang: 1 };
  });
  open.push(() => server.close());
  const folder = await folderWith(server.baseUrl, "local", { budget: { model_calls: 4, tool_calls: 3 } });
  const first = nanobrain(folder, ["run", "flow.yml", "--run-id", "killed", "--store", "store"]);
  kill = () => void first.child.kill("SIGKILL");
  await first.ended;
  const text = await nanobrain(folder, ["resume", "killed", "--store", "store", "--json"]).ended;
  const { status, failures } = JSON.parse(text) as {
    status: string;
    failures: { failure: { code: string; details: object } }[];
  };
  const [failure] = failures.map((one) => one.failure);
  expect([status, failure?.code, failure?.details]).toEqual([
    "failed",
    "E_RUN_BUDGET",
    expect.objectContaining({ key: "tool_calls", spent: expect.objectContaining({ model_calls: 4, tool_calls: 3 }) }),
  ]);
  // Three notes, whatever died: the fourth was not begun.
  expect(server.calls.map(turnOf)).toEqual([1, 2, 3, 3, 4]);
  expect(await readFile(join(folder, "notes.txt"), "utf8")).toBe("w1\nw2\nw3\n");
}, 240_000);
