import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Running, Workplace } from "./workplace.js";

/** `quick` writes a witness, `gate` waits for a file of the test's, `last` follows both. */
const document = `name: waiting
output_data_units: { result: { class: DataUnitMemory } }
steps:
  quick: { class: CommandStep, config: { command: [node, -e, "require('fs').appendFileSync('PLACE/witness', 'quick ')"] } }
  gate:
    class: CommandStep
    depends_on: [quick]
    config: { command: [node, -e, "const fs = require('fs'); const look = () => fs.existsSync('PLACE/open') ? console.log('through') : setTimeout(look, 20); look()"] }
  last: { class: TransformStep, config: { expression: "$trim(said)" }, inputs: { said: { from: gate.stdout } } }
links:
  done: { class: DirectLink, config: { source: last.output, target: result } }
`;

let place: Workplace;
beforeEach(() => {
  place = new Workplace();
  place.write("waiting.yml", document.replaceAll("PLACE", place.folder));
});
afterEach(() => place.close());

/** A run whose step `gate` is under way. */
async function begin(): Promise<{ readonly running: Running; readonly name: string }> {
  const running = place.start(["run", "waiting.yml"]);
  await running.said("quick  done");
  const [run] = await place.runs();
  return { running, name: run?.name ?? "" };
}

async function statusOf(): Promise<string | undefined> {
  return (await place.runs())[0]?.status;
}

/** Resolves when a request is whole in the store. */
async function posted(): Promise<void> {
  const requests = () => place.files(".nanobrain/requests").filter((name) => name.endsWith(".json"));
  await expect.poll(() => requests().length, { timeout: 60_000 }).toBeGreaterThan(0);
}

describe("run that another process drives", () => {
  it("pause: is answered once it is on disk, running attempts finish, exit 3 there; resume goes on without repeating", async () => {
    const { running, name } = await begin();
    const paused = await place.run("pause", name);
    expect(paused).toMatchObject({ code: 0, out: `${name}: paused: 1 running attempt finishes, nothing new starts\n` });
    expect(paused.err).toContain(`Go on with: nanobrain resume ${name}`);
    expect(await place.run("pause", name)).toMatchObject({ code: 0, out: `${name}: paused already\n` });
    place.write("open", "");
    const ended = await running.ended;
    expect(ended).toMatchObject({ code: 3, out: "" });
    expect(await statusOf()).toBe("paused");
    expect(await place.run("resume", name)).toMatchObject({ code: 0, out: "result: through\n" });
    expect(place.read("witness")).toBe("quick ");
  });

  it("cancel: running attempts are aborted, exit 3 there; what comes after is told", async () => {
    const { running, name } = await begin();
    expect(await place.run("cancel", name, "--json")).toMatchObject({ code: 0 });
    expect(await running.ended).toMatchObject({ code: 3 });
    expect(await statusOf()).toBe("cancelled");
    expect(await place.run("cancel", name)).toMatchObject({ code: 0, out: `${name}: cancelled already\n` });
    const late = await place.run("pause", name);
    expect(late).toMatchObject({ code: 2 });
    expect(late.err).toContain(`E_RUN_STATE Cannot pause run ${name}: it is cancelled`);
  });

  it("stopped process: who asks is told its number and what to do; the request takes effect when it wakes", async () => {
    const { running, name } = await begin();
    running.child.kill("SIGSTOP");
    const silent = await place.run("pause", name);
    expect(silent).toMatchObject({ code: 3, out: "" });
    expect(silent.err.replaceAll(/\s+/g, " ")).toContain(
      `E_RUN_SILENT Cannot tell whether run ${name} took in pause: process ${running.child.pid} on`,
    );
    expect(silent.err).toContain(`kill -CONT ${running.child.pid}`);
    running.child.kill("SIGCONT");
    await expect.poll(statusOf, { timeout: 30_000 }).toBe("paused");
    place.write("open", "");
    expect(await running.ended).toMatchObject({ code: 3 });
  });

  it("stopped process that is killed while it is asked: the run is taken over, written to, and given back", async () => {
    const { running, name } = await begin();
    running.child.kill("SIGSTOP");
    const asking = place.start(["pause", name]);
    await posted();
    running.child.kill("SIGKILL");
    const asked = await asking.ended;
    expect(asked).toMatchObject({ code: 0 });
    expect(asked.out).toContain(`${name}: paused`);
    expect(asked.err).toContain("no process drives it.");
    expect(await statusOf()).toBe("paused");
    expect(place.files(".nanobrain/requests")).toEqual([]);
    place.write("open", "");
    expect(await place.run("resume", name)).toMatchObject({ code: 0, out: "result: through\n" });
  });

  it("who asks is killed: the request takes effect all the same", async () => {
    const { running, name } = await begin();
    running.child.kill("SIGSTOP");
    const asking = place.start(["cancel", name]);
    await posted();
    asking.child.kill("SIGKILL");
    await asking.ended;
    running.child.kill("SIGCONT");
    expect(await running.ended).toMatchObject({ code: 3 });
    expect(await statusOf()).toBe("cancelled");
  });

  it("both are killed: who resumes carries the request out first", async () => {
    const { running, name } = await begin();
    running.child.kill("SIGSTOP");
    const asking = place.start(["cancel", name]);
    await posted();
    asking.child.kill("SIGKILL");
    await asking.ended;
    running.child.kill("SIGKILL");
    await running.ended;
    const resumed = await place.run("resume", name);
    expect(resumed).toMatchObject({ code: 2 });
    expect(resumed.err).toContain("it is cancelled");
    expect(await statusOf()).toBe("cancelled");
  });
});

describe("run in the background", () => {
  it("--detach: its process outlives the command that started it, and is steered like any other", async () => {
    const started = await place.run("run", "waiting.yml", "--detach");
    const name = started.out.trim();
    expect(started.code).toBe(0);
    const paused = await place.run("pause", name, "--json");
    expect(JSON.parse(paused.out)).toMatchObject({ name, outcome: "done", driven: true });
    const cancelled = (await place.run("cancel", name)).out;
    // A paused run's process leaves by itself: it may be gone before it has told what became of it.
    expect(cancelled).toMatch(/: (cancelled|taken in before the process that drove it ended)\n$/);
    await expect.poll(statusOf, { timeout: 60_000 }).toBe("cancelled");
    expect(place.files(".nanobrain/detached")).toHaveLength(1);
  });
});

describe("run that nobody drives", () => {
  it("pause and cancel: are written by who asks; a cancelled run ends there and then", async () => {
    const { running, name } = await begin();
    running.child.kill("SIGKILL");
    await running.ended;
    expect(await place.run("pause", name)).toMatchObject({ code: 0 });
    expect(await statusOf()).toBe("paused");
    const cancelled = await place.run("cancel", name, "--reason", "no longer needed", "--json");
    expect(JSON.parse(cancelled.out)).toMatchObject({ outcome: "done", status: "cancelled", driven: false });
    const events = (await place.run("events", name, "--jsonl")).out;
    expect(events).toContain("no longer needed");
    expect(events.trimEnd().split("\n").at(-1)).toContain("run.closed");
    const resumed = await place.run("resume", name);
    expect(resumed).toMatchObject({ code: 2 });
  });

  it("what is not there to be steered is named: run, trigger, step, payload", async () => {
    const { running, name } = await begin();
    const unknown = await place.run("pause", "nobody-knows");
    expect(unknown).toMatchObject({ code: 2 });
    expect(unknown.err).toContain("E_RUN_UNKNOWN");
    const trigger = await place.run("trigger", name, "now");
    expect(trigger).toMatchObject({ code: 2 });
    expect(trigger.err).toContain(`E_TRIGGER Cannot fire trigger now of run ${name}`);
    const answer = await place.run("answer", name, "gate", "-d", "yes");
    expect(answer).toMatchObject({ code: 2 });
    expect(answer.err).toContain("nothing in this run waits for an answer");
    expect(await place.run("finish", name)).toMatchObject({ code: 2 });
    expect(await place.run("answer", name, "gate", "-d", "{bad")).toMatchObject({ code: 2 });
    expect(await place.run("trigger", name, "now", "-d", "bad")).toMatchObject({ code: 2 });
    place.write("open", "");
    expect(await running.ended).toMatchObject({ code: 0 });
  });
});
