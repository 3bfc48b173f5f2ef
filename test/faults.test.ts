import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestRuntime } from "@nanobrain/engine/testing";
import Database from "libsql";
import { afterEach, expect, test } from "vitest";
import { hasStrace } from "./crash-rig/counted-calls.js";
import { commandLine, plainEnvironment } from "./project.js";

/** Faults of the machine that no campaign puts in: too few file handles (F26), locks that do not work (F31), readers that stay (F32), messages that come again a day later (F47). */

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function folderWith(files: { readonly [name: string]: string }): string {
  const folder = mkdtempSync(join(tmpdir(), "nanobrain-faults-"));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

type Ended = { readonly code: number | null; readonly out: string };

/** Runs a program with the built command line as its last words. */
function ended(folder: string, program: readonly string[], args: readonly string[]): Promise<Ended> {
  const [name = "", ...before] = [...program, process.execPath, commandLine, ...args];
  const child = spawn(name, before, { cwd: folder, env: plainEnvironment(), stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (data) => {
      out += String(data);
    });
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, out })));
}

const wide = `name: wide
input_data_units:
  items: { class: DataUnitMemory, default: [${Array.from({ length: 60 }, (_, at) => at).join(", ")}] }
steps:
  each:
    class: CommandStep
    for_each: { over: items, concurrency: 40 }
    config: { command: [sh, -c, "sleep 0.3; echo hello"] }
    inputs: { items: { from: items } }
`;
const hello = `name: hello
steps:
  say: { class: CommandStep, config: { command: [echo, hello] } }
`;
const limited = (handles: number) => ["sh", "-c", `ulimit -n ${handles}; exec "$@"`, "sh"];

test("F26 no file handles left: attempts fail as what they are, nothing is lost, and with handles the run goes on", async () => {
  const folder = folderWith({ "wide.yml": wide });
  const short = await ended(folder, limited(64), ["run", "wide.yml", "--run-id", "few", "--store", "store"]);
  expect(short.out).not.toMatch(/E_INTERNAL|TypeError/);
  if (short.code !== 0) {
    expect(short.out).toMatch(/EMFILE/);
    const again = await ended(folder, [], ["resume", "few", "--store", "store"]);
    expect([again.code, again.out]).toEqual([0, expect.stringContaining("done in")]);
  }
  const { out } = await ended(folder, [], ["data", "few", "each.stdout", "--json", "--store", "store"]);
  expect(out.match(/hello/g)).toHaveLength(60);
});

test.each([20, 24, 28, 32])(
  "F26 only %i file handles: the reason is said, and no defect is claimed",
  async (handles) => {
    const folder = folderWith({ "hello.yml": hello });
    const { code, out } = await ended(folder, limited(handles), ["run", "hello.yml", "--store", "store"]);
    expect(out).not.toMatch(/E_INTERNAL|defect of NanoBrain|Cannot read properties/);
    if (code !== 0) expect(out).toMatch(/EMFILE|[Tt]oo many (open )?files|unable to open/);
  },
);

test.each(["ENOLCK", "ENOSYS"])(
  "F31 a file system whose locks answer %s: the store is refused with the file",
  async (errno) => {
    if (!hasStrace) return;
    const folder = folderWith({ "hello.yml": hello });
    const store = join(folder, "store");
    expect(await ended(folder, [], ["run", "hello.yml", "--store", store])).toMatchObject({ code: 0 });
    const files = readdirSync(join(store, "journals")).map((name) => join(store, "journals", name));
    const tracer = ["strace", "-f", "-o", "/dev/null", "-e", `inject=fcntl:error=${errno}`];
    const { code, out } = await ended(
      folder,
      [...tracer, ...files.flatMap((file) => ["-P", file])],
      ["run", "hello.yml", "--store", store],
    );
    expect([code, out]).toEqual([4, expect.stringMatching(/^E_STORE_(LOCKED|IO) Cannot (open|write to) store/m)]);
    const { out: runs } = await ended(folder, [], ["runs", "--json", "--store", store]);
    expect(runs.match(/"status":/g)).toHaveLength(1);
  },
);

const talkative = `name: talkative
input_data_units:
  items: { class: DataUnitMemory, default: [${Array.from({ length: 100 }, (_, at) => at).join(", ")}] }
steps:
  each:
    class: FileReadStep
    for_each: { over: items, concurrency: 4 }
    config: { path: words.txt }
    inputs: { items: { from: items } }
`;
const wordBytes = 8_000;
const writtenBytes = 2 * 100 * wordBytes;

test("F32 a reader that keeps its place: writers go on, the log holds no more than was written, and it is taken in later", async () => {
  const folder = folderWith({
    "hello.yml": hello,
    "talkative.yml": talkative,
    "words.txt": "word ".repeat(wordBytes / 5),
  });
  const journals = join(folder, "store/journals");
  expect(await ended(folder, [], ["run", "hello.yml", "--store", "store"])).toMatchObject({ code: 0 });
  const reader = new Database(join(journals, "1.db"), { readonly: true });
  reader.exec("BEGIN");
  const count = (): unknown => (reader.prepare("SELECT count(*) AS n FROM events").get([]) as { n: unknown }).n;
  const before = count();
  for (const _ of [1, 2])
    expect(await ended(folder, [], ["run", "talkative.yml", "--store", "store"])).toMatchObject({ code: 0 });
  expect(count()).toEqual(before);
  const logBytes = statSync(join(journals, "1.db-wal")).size;
  expect(logBytes).toBeGreaterThan(writtenBytes);
  expect(logBytes).toBeLessThan(8 * writtenBytes);
  reader.exec("COMMIT");
  reader.close();
  expect(await ended(folder, [], ["run", "hello.yml", "--store", "store"])).toMatchObject({ code: 0 });
  expect(statSync(join(journals, "1.db")).size).toBeGreaterThan(writtenBytes);
  expect(
    spawnSync(process.execPath, [commandLine, "doctor", "--store", "store"], { cwd: folder, env: plainEnvironment() })
      .status,
  ).toBe(0);
});

const asking = `name: asking
steps:
  approve: { class: ApprovalStep, config: { question: "Go on?", choices: ["yes", "no"] } }
`;

test("F47 messages that come again a day later: the run is the same, and each is refused or heard once", async () => {
  await using runtime = await createTestRuntime({ files: { "asking.yml": asking } });
  const { clock } = runtime;
  const loaded = await runtime.load("asking.yml");
  const run = await runtime.start(loaded, {}, { runId: "asked" });
  await clock.advance("1h");
  await run.answer("approve", "yes");
  await runtime.settled();
  expect(run.status).toBe("completed");
  const journal = async () => (await runtime.look("asked")).events;
  const before = await journal();
  await clock.advance("25h");
  const again = await runtime.start(loaded, {}, { runId: "asked" });
  await runtime.settled();
  const late = await runtime.attach("asked");
  for (const message of [
    () => late.answer("approve", "no"),
    () => late.pause(),
    () => late.cancel("late"),
    () => late.resume(),
    () => late.set("nothing", 1),
    () => late.trigger("nothing"),
  ])
    await expect(message()).rejects.toMatchObject({
      code: expect.stringMatching(/^E_(ANSWER|RUN_STATE|SET|TRIGGER)$/),
    });
  expect([again.status, await journal()]).toEqual(["completed", before]);
  expect(await runtime.store.runs()).toHaveLength(1);
});
