import { type ChildProcess, execFile, spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { commandLine, plainEnvironment, root } from "./project.js";

/** Examples that somebody has to steer: a copy of them, and the command line as their pages use it. */
const work = mkdtempSync(join(tmpdir(), "nanobrain-live-examples-"));
cpSync(join(root, "examples"), work, { recursive: true, filter: (path) => !/(\.nanobrain|results)$/.test(path) });
const children = new Set<ChildProcess>();
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(work, { recursive: true, force: true, maxRetries: 5 });
});

type Ended = { readonly code: number; readonly out: string; readonly err: string };
type Printed = { readonly status: string; readonly outputs: { readonly [unit: string]: unknown } };
type Event = { readonly type: string; readonly run: number };

function nanobrain(example: string, ...args: readonly string[]): Promise<Ended> {
  const options = { cwd: join(work, example), env: plainEnvironment() };
  return new Promise((resolve) => {
    execFile(process.execPath, [commandLine, ...args], options, (error, out, err) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, out, err });
    });
  });
}

/** Starts a run that goes on while we look; its result once it has ended. */
function start(example: string, ...args: readonly string[]): Promise<Printed> {
  const options = { cwd: join(work, example), env: plainEnvironment() };
  const child = spawn(process.execPath, [commandLine, "run", ...args, "--json"], options);
  children.add(child);
  let out = "";
  child.stdout.on("data", (chunk: Buffer) => {
    out += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.on("close", () => {
      children.delete(child);
      if (out === "") reject(new TypeError(`${example} printed nothing`));
      else resolve(JSON.parse(out) as Printed);
    });
  });
}

async function eventsOf(example: string, run: string): Promise<readonly Event[]> {
  const { out } = await nanobrain(example, "events", run, "--jsonl");
  const lines = out.split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line) as Event);
}

function expectedOf(example: string): Printed["outputs"] {
  return JSON.parse(readFileSync(join(work, example, "expected.json"), "utf8")) as Printed["outputs"];
}

async function resultOf(example: string, run: string): Promise<Printed> {
  return JSON.parse((await nanobrain(example, "show", run, "--json")).out) as Printed;
}

/** Which worker was free is nobody's promise, so lists that both of them fill have no order. */
function sorted(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return [...(value as readonly unknown[])].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

const patience = { timeout: 90_000, interval: 300 };

describe("example intake", () => {
  it("files there and files that come: booked by two workers, dead letters, alarm, report, ledger", async () => {
    const ended = start("intake", "intake.yml", "--run-id", "day");
    const count = async (type: string) => (await eventsOf("intake", "day")).filter((one) => one.type === type).length;
    await expect.poll(() => count("item.dead"), patience).toBe(2);
    writeFileSync(
      join(work, "intake/inbox/late.csv"),
      "id,supplier,crop,gross_kg,tare_kg,moisture\nW-1050,Lindner,winter wheat,25000,15000,14\n",
    );
    // Each load is a child run.
    await expect.poll(() => count("run.completed"), patience).toBe(8);
    const { out } = await nanobrain("intake", "trigger", "day", "now", "-d", '"At noon"');
    expect(out).toMatch(/: trigger now fired\n$/);
    await nanobrain("intake", "finish", "day");
    const { status, outputs } = await ended;
    const expected = expectedOf("intake");
    const ledger = { ...(expected["ledger"] as object), Lindner: 109.023 };
    expect({ status, ledger: outputs["ledger"] }).toEqual({ status: "completed", ledger });
    expect(sorted(outputs["refused"])).toEqual(sorted(expected["refused"]));
    expect(readFileSync(join(work, "intake/results/report.txt"), "utf8")).toMatch(/^At noon: W-10\d\d, [\d.]+ t of /);
    expect(existsSync(join(work, "intake/results/alarm.txt"))).toBe(true);
    const letter = await nanobrain("intake", "data", "day", "rows.dead_letters");
    expect(JSON.parse(letter.out)).toMatchObject({ item: { tare_kg: expect.any(Number) as number }, deliveries: 2 });
  });

  it("its document: valid, without a warning", async () => {
    const { out } = await nanobrain("intake", "validate", "intake.yml", "--json");
    expect(JSON.parse(out)).toMatchObject({ ok: true, diagnostics: [] });
  });
});

describe("example approval", () => {
  it("answered by the editor: published, and nobody sends the newsletter without a word", async () => {
    const asked = await nanobrain(
      "approval",
      "run",
      "approval.yml",
      "--run-id",
      "autumn",
      "--set",
      "steps.announce.timeout=1s",
    );
    expect([asked.code, asked.err]).toEqual([
      3,
      expect.stringContaining("Publish the autumn price list with 3 changes?"),
    ]);
    expect(await nanobrain("approval", "answer", "autumn", "approve", "-d", "perhaps")).toMatchObject({ code: 2 });
    expect(await nanobrain("approval", "answer", "autumn", "approve", "-d", "yes")).toMatchObject({ code: 0 });
    const waits = async () => {
      await nanobrain("approval", "resume", "autumn");
      return (await resultOf("approval", "autumn")).status;
    };
    await expect.poll(waits, patience).toBe("completed");
    const { outputs } = await resultOf("approval", "autumn");
    expect(outputs).toMatchObject(expectedOf("approval"));
    expect(readFileSync(join(work, "approval/results/prices.csv"), "utf8")).toContain("Beech table,339\n");
  });

  it("not answered in time: the head of sales is asked, and may say no", async () => {
    const run = ["approval.yml", "--run-id", "spring", "-i", "version=spring", "--set", "steps.approve.timeout=1s"];
    expect(await nanobrain("approval", "run", ...run)).toMatchObject({ code: 3 });
    const question = async () => (await nanobrain("approval", "resume", "spring")).err;
    await expect.poll(question, patience).toContain("The editor is away. Publish the spring price list?");
  });
});

describe("example rollback", () => {
  it("as a graph: what was booked is cancelled, newest first, and booked anew", async () => {
    expect(await nanobrain("rollback", "run", "trip.yml")).toMatchObject({ code: 0 });
    const lines = readFileSync(join(work, "rollback/results/ledger.txt"), "utf8").trimEnd().split("\n");
    const of = (word: string) =>
      lines.flatMap((line) => (line.startsWith(word) ? [line.slice(word.length).trim()] : []));
    const booked = of("booked");
    expect(booked).toHaveLength(8);
    expect(of("cancelled").sort()).toEqual(booked.slice(0, 4).sort());
    expect(of("cancelled").indexOf("room for Ada Byron")).toBeGreaterThan(
      of("cancelled").indexOf("breakfast in room for Ada Byron"),
    );
    expect(lines.at(-1)).toBe("paid      4 bookings");
  });
});

describe("example mcp", () => {
  it("served: a client calls the workflow, whose agent calls its own server", async () => {
    const [client, version] = [{ name: "test", version: "1" }, "2025-06-18"];
    const messages = [
      { id: 1, method: "initialize", params: { protocolVersion: version, capabilities: {}, clientInfo: client } },
      { method: "notifications/initialized" },
      { id: 2, method: "tools/call", params: { name: "explain", arguments: {} } },
    ];
    const options = { cwd: join(work, "mcp"), env: plainEnvironment() };
    const child = spawn(process.execPath, [commandLine, "mcp", "explain.yml"], options);
    children.add(child);
    let out = "";
    child.stdout.on("data", (chunk: Buffer) => {
      out += chunk.toString();
    });
    for (const message of messages) child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
    const answer = () => out.split("\n").find((line) => line.includes('"id":2'));
    await expect.poll(answer, patience).toBeDefined();
    child.stdin.end();
    const { result } = JSON.parse(answer() ?? "{}") as { result: { structuredContent: { outputs: object } } };
    expect(result.structuredContent.outputs).toEqual(expectedOf("mcp"));
  });
});
