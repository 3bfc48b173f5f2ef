import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Usage } from "../../contracts/executor.js";
import { createRuntime } from "../../runtime/create-runtime.js";
import type { RunHandle, Runtime } from "../../runtime/runtime.js";

let folder = "";
let runtime: Runtime;
beforeEach(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "nanobrain-usage-")));
  runtime = await createRuntime({ store: "memory" });
});
afterEach(async () => {
  await runtime.close({ drainMs: 0 });
  rmSync(folder, { recursive: true, force: true });
});

const heldBytes = 200 * 1024 * 1024;
const burn =
  "let u; do u = process.cpuUsage(); while (u.user + u.system < 3e5); console.log((u.user + u.system) / 1e3)";
/** Says twice that it holds the memory, so far apart that one of them is looked at, and ends when it is let go. */
const hold = `const held = Buffer.alloc(${heldBytes}, 1);
console.error("held once");
setTimeout(() => console.error("held twice"), 60);
const wait = setInterval(() => require("node:fs").existsSync(process.argv[1]) && held && clearInterval(wait), 10);`;

const command = (...words: string[]): string => JSON.stringify(words);

async function start(): Promise<RunHandle> {
  const file = join(folder, "w.yml");
  const program = (name: string, words: string): string =>
    `  ${name}: { class: CommandStep, config: { command: ${words} } }\n`;
  writeFileSync(
    file,
    `name: w\nsteps:\n` +
      program("busy", command(process.execPath, "-e", burn)) +
      program("large", command(process.execPath, "-e", hold, "--", join(folder, "go"))) +
      program("idle", command("/bin/sh", "-c", ":")) +
      `  inner: { class: FileGlobStep, config: { pattern: "*.csv" } }\n`,
  );
  const loaded = await runtime.load(file);
  expect(loaded.diagnostics).toEqual([]);
  return runtime.start(loaded, {});
}

/** What the journal says of each step's attempt. */
async function usages(run: RunHandle): Promise<{ readonly [step: string]: Usage | undefined }> {
  const { plan, events } = await runtime.look(run.id);
  const nodes = plan.workflows[0]?.nodes ?? [];
  const ended = events.filter((event) => event.type === "attempt.succeeded");
  return Object.fromEntries(ended.map((event) => [nodes[event.node]?.name, event.usage]));
}

describe("CommandStep: usage in the journal", () => {
  it("CPU time and peak memory: the programs', in proportion; other steps stay as they are", async () => {
    const run = await start();
    const held = async (): Promise<boolean> =>
      (await runtime.store.logs(run.id)).some((entry) => entry.text.includes("held twice"));
    await expect.poll(held, { timeout: 60_000, interval: 10 }).toBe(true);
    writeFileSync(join(folder, "go"), "");
    const result = await run.result();
    expect(result.failures).toEqual([]);

    const { busy, large, idle, inner } = await usages(run);
    expect(inner).toMatchObject({ peakMemoryBytes: null });
    if (process.platform !== "linux") return expect(large).toMatchObject({ peakMemoryBytes: null });
    expect(busy?.cpuMs).toBeGreaterThanOrEqual(Number(result.outputs["busy.stdout"]) * 0.9);
    expect(busy?.cpuMs).toBeGreaterThan((idle?.cpuMs ?? Number.NaN) * 2);
    expect(large?.peakMemoryBytes).toBeGreaterThanOrEqual(heldBytes * 0.95);
    expect(large?.peakMemoryBytes).toBeGreaterThan((busy?.peakMemoryBytes ?? Number.NaN) * 2);
  });
});
