import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Workplace } from "./workplace.js";

/** Writes what it was given to a witness; a file called `slow` makes it wait for a file of the test's. */
const step = `{ class: CommandStep, config: { command: [node, -e, "const fs = require('fs'); const [file] = process.argv.slice(1); fs.appendFileSync('PLACE/witness', file + ' '); const look = () => fs.existsSync('PLACE/open') || !file.includes('slow') ? console.log(file) : setTimeout(look, 20); look()", "{{ file }}"] }`;

const reacting = `name: intake
execution_strategy: event_driven
completion: manual
steps:
  take: ${step} }
triggers:
  inbox: { class: FolderTrigger, config: { path: inbox, pattern: "*.txt", debounce: 0.1s, step_targets: [take.file] } }
`;

const starting = `name: each
input_data_units: { file: { class: DataUnitString } }
output_data_units: { said: { class: DataUnitString } }
steps:
  take: ${step}, inputs: { file: { from: file } } }
links: { out: { class: DirectLink, config: { source: take.stdout, target: said } } }
triggers:
  inbox: { class: FolderTrigger, config: { path: inbox, pattern: "*.txt", debounce: 0.1s } }
`;

let place: Workplace;
beforeEach(() => {
  place = new Workplace({ "inbox/a.txt": "1" });
  place.write("intake.yml", reacting.replaceAll("PLACE", place.folder));
  place.write("each.yml", starting.replaceAll("PLACE", place.folder));
});
afterEach(() => place.close());

/** An attempt that was killed is made again: files are counted once. */
async function witnessed(files: readonly string[]): Promise<void> {
  const seen = () => (place.has("witness") ? [...new Set(place.read("witness").trim().split(" "))].toSorted() : []);
  await expect.poll(seen, { timeout: 60_000 }).toEqual(files);
}

describe("serve", () => {
  it("an event-driven workflow: reacts, is killed, goes on, takes no file twice and none is lost, until it is finished", async () => {
    const first = place.start(["serve", "intake.yml"]);
    await witnessed(["inbox/a.txt"]);
    first.child.kill("SIGKILL");
    await first.ended;
    place.write("inbox/b.txt", "2");
    const second = place.start(["serve", "intake.yml"]);
    await second.said("resumed");
    await witnessed(["inbox/a.txt", "inbox/b.txt"]);
    const [run, ...others] = await place.runs();
    expect(others).toEqual([]);
    expect(await place.run("finish", run?.name ?? "")).toMatchObject({ code: 0 });
    expect(await second.ended).toMatchObject({ code: 0 });
    expect((await place.runs())[0]?.status).toBe("completed");
    const { out } = await place.run("events", run?.name ?? "", "--jsonl");
    expect(out.match(/"type":"trigger.fired"/g)).toHaveLength(2);
  });

  it("a workflow of another strategy: a run for each file, also for the one that was killed half way", async () => {
    place.write("inbox/slow.txt", "2");
    const first = place.start(["serve", "each.yml"]);
    await witnessed(["inbox/a.txt", "inbox/slow.txt"]);
    first.child.kill("SIGKILL");
    await first.ended;
    place.write("open", "");
    const second = place.start(["serve", "each.yml"]);
    await expect
      .poll(async () => (await place.runs()).map(({ status }) => status), { timeout: 60_000 })
      .toEqual(["completed", "completed"]);
    second.child.kill("SIGTERM");
    expect(await second.ended).toMatchObject({ code: 0 });
  });

  it("a document with faults: exit 2, and nothing is served", async () => {
    place.write("wrong.yml", "name: wrong\nsteps: { a: { class: NoSuchStep } }\n");
    const ended = await place.run("serve", "intake.yml", "wrong.yml");
    expect(ended).toMatchObject({ code: 2 });
    expect(ended.err).toContain("E_CLASS_UNKNOWN");
    expect(await place.runs()).toEqual([]);
  });

  it("an event-driven workflow that only people fire: serve stays until it is finished, and a cancelled run is exit 3", async () => {
    const step = `{ class: TransformStep, config: { expression: "$" } }`;
    const go = `{ class: ManualTrigger, config: { step_targets: [say.input] } }`;
    place.write(
      "asked.yml",
      `name: asked\nexecution_strategy: event_driven\nsteps: { say: ${step} }\ntriggers: { go: ${go} }\n`,
    );
    const first = place.start(["serve", "asked.yml"]);
    await first.said("started");
    const [run] = await place.runs();
    expect(await place.run("trigger", run?.name ?? "", "go", "-d", "1")).toMatchObject({ code: 0 });
    expect(await place.run("finish", run?.name ?? "")).toMatchObject({ code: 0 });
    expect(await first.ended).toMatchObject({ code: 0 });
    const second = place.start(["serve", "asked.yml"]);
    await second.said("started");
    expect(await place.run("cancel", (await place.runs())[0]?.name ?? "")).toMatchObject({ code: 0 });
    expect(await second.ended).toMatchObject({ code: 3 });
  });

  it("a workflow that nothing would ever start: exit 2", async () => {
    place.write("idle.yml", `name: idle\nsteps: { say: { class: TransformStep, config: { expression: "1" } } }\n`);
    const ended = await place.run("serve", "idle.yml");
    expect(ended).toMatchObject({ code: 2 });
    expect(ended.err).toContain("it has no timer and no folder");
  });
});
