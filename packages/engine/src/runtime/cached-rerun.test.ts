import {
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RunEvent } from "../kernel/event.js";
import { createRuntime } from "./create-runtime.js";
import type { RunResult, Runtime } from "./runtime.js";

let folder = "";
let runtime: Runtime;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "nanobrain-cached-"));
  mkdirSync(join(folder, "in"));
  await reopen();
});
afterEach(async () => {
  await runtime.close();
  rmSync(folder, { recursive: true, force: true });
});

async function reopen(): Promise<void> {
  runtime = await createRuntime({ store: join(folder, "store"), project: folder, environment: {} });
}

const put = (path: string, text: string): void => writeFileSync(join(folder, path), text);

/** A document of steps that read a file each, one after the other in lanes. */
function lanes(paths: readonly string[], width: number): void {
  const steps = paths.map((path, at) => {
    const after = at < width ? "" : `, depends_on: [s${at - width}]`;
    return `  s${at}: { class: FileReadStep, config: { path: ${path} }${after} }\n`;
  });
  put("w.yml", `name: lanes\nsteps:\n${steps.join("")}`);
}

async function run(): Promise<RunResult> {
  return (await runtime.start(await runtime.load(join(folder, "w.yml")), {})).result();
}

const cachedSteps = ({ steps }: RunResult): readonly string[] =>
  Object.entries(steps).flatMap(([name, step]) => (step.cached ? [name] : []));

const type = (event: RunEvent | undefined): string | undefined => event?.type;

describe("rerun of cached steps", () => {
  it("nothing changed: every step is cached, in a new process too, and beginning and end stand together in the journal", async () => {
    const paths = Array.from({ length: 300 }, (_, at) => `in/${at}`);
    for (const path of paths) put(path, `text of ${path}`);
    lanes(paths, 20);
    expect(cachedSteps(await run())).toEqual([]);
    await runtime.close();
    await reopen();
    const again = await run();
    expect(cachedSteps(again)).toHaveLength(300);
    expect(again.outputs).toEqual(Object.fromEntries(paths.map((path, at) => [`s${at}.content`, `text of ${path}`])));
    const { events } = await runtime.look(again.run_id);
    const together = events.filter(
      (event, at) => type(event) === "attempt.started" && type(events[at + 1]) === "attempt.succeeded",
    );
    expect(together.length).toBeGreaterThan(200);
    expect(events.map((event) => event.seq)).toEqual(events.map((_, at) => at + 1));
  });

  it("a file of the same size and time: is read again when it was written anew, replaced, or is another one's link now", async () => {
    for (const name of ["written", "replaced", "same"]) put(`in/${name}`, "one");
    put("in/first", "one");
    put("in/second", "two");
    symlinkSync("first", join(folder, "in/link"));
    lanes(["in/written", "in/replaced", "in/same", "in/link"], 4);
    await run();
    const old = new Date(statSync(join(folder, "in/written")).mtimeMs);
    put("in/written", "two");
    put("in/new", "two");
    renameSync(join(folder, "in/new"), join(folder, "in/replaced"));
    unlinkSync(join(folder, "in/link"));
    symlinkSync("second", join(folder, "in/link"));
    for (const name of ["written", "replaced"]) utimesSync(join(folder, "in", name), old, old);
    const again = await run();
    expect(cachedSteps(again)).toEqual(["s2"]);
    expect(again.outputs).toEqual({
      "s0.content": "two",
      "s1.content": "two",
      "s2.content": "one",
      "s3.content": "two",
    });
    expect(cachedSteps(await run())).toEqual(["s0", "s1", "s2", "s3"]);
  });

  it("a folder that is a link: leads to what it leads to now; a file that is gone fails as ever", async () => {
    for (const name of ["a", "b"]) {
      mkdirSync(join(folder, name));
      put(`${name}/x`, `in ${name}`);
    }
    symlinkSync("a", join(folder, "data"));
    lanes(["data/x"], 1);
    await run();
    unlinkSync(join(folder, "data"));
    symlinkSync("b", join(folder, "data"));
    expect((await run()).outputs).toEqual({ "s0.content": "in b" });
    unlinkSync(join(folder, "data"));
    const gone = await run();
    expect([gone.status, gone.failures[0]?.failure.code]).toEqual(["failed", "E_FILE_READ"]);
  });

  it("a folder that leads out of the project: is refused, also right after another file of it was read", async () => {
    const outside = mkdtempSync(join(tmpdir(), "nanobrain-outside-"));
    writeFileSync(join(outside, "x"), "secret");
    put("in/x", "mine");
    lanes(["in/x"], 1);
    await run();
    renameSync(join(folder, "in"), join(folder, "old"));
    symlinkSync(outside, join(folder, "in"));
    const refused = await run();
    rmSync(outside, { recursive: true, force: true });
    expect([refused.status, JSON.stringify(refused).includes("secret")]).toEqual(["failed", false]);
  });
});
