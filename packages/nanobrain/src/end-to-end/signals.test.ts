import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Workplace } from "./workplace.js";

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

describe.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("%s", (signal, exitCode) => {
  it(`first: running attempts finish, exit ${exitCode}, the line that goes on is printed; resume does not repeat what was done`, async () => {
    const running = place.start(["run", "waiting.yml"]);
    await running.said("quick  done");
    running.child.kill(signal);
    await running.said(`${signal}: running attempts may finish`);
    place.write("open", "");
    const ended = await running.ended;
    expect(ended).toMatchObject({ code: exitCode, out: "" });
    const name = /nanobrain resume (\S+)/.exec(ended.err)?.[1] ?? "";
    const resumed = await place.run("resume", name);
    expect({ code: resumed.code, out: resumed.out }).toEqual({ code: 0, out: "result: through\n" });
    expect(place.read("witness")).toBe("quick ");
  });

  it(`second: exits at once with ${exitCode}, and the run can be resumed`, async () => {
    const running = place.start(["run", "waiting.yml"]);
    await running.said("quick  done");
    running.child.kill(signal);
    await running.said(`${signal}: running attempts may finish`);
    running.child.kill(signal);
    const ended = await running.ended;
    expect(ended).toMatchObject({ code: exitCode });
    expect(ended.err).not.toContain("saved after");
    expect(ended.err).toMatch(/ended at once\. Go on with: nanobrain resume \S+/);
    place.write("open", "");
    const [run] = await place.runs();
    expect(await place.run("resume", run?.name ?? "")).toMatchObject({ code: 0, out: "result: through\n" });
  });
});

describe("another process", () => {
  it("run that is being driven: resume is refused with exit 3, and show says who drives it", async () => {
    const running = place.start(["run", "waiting.yml"]);
    await running.said("quick  done");
    const [run] = await place.runs();
    const refused = await place.run("resume", run?.name ?? "");
    expect(refused).toMatchObject({ code: 3 });
    expect(refused.err).toContain("E_RUN_HELD");
    expect((await place.run("show", run?.name ?? "")).out).toMatch(/status +running\n/);
    place.write("open", "");
    expect(await running.ended).toMatchObject({ code: 0 });
  });

  it("process killed: the run is shown as stopped, and resume takes it over", async () => {
    const running = place.start(["run", "waiting.yml"]);
    await running.said("quick  done");
    running.child.kill("SIGKILL");
    await running.ended;
    const [run] = await place.runs();
    expect((await place.run("show", run?.name ?? "")).out).toContain("no process drives it");
    place.write("open", "");
    expect(await place.run("resume", run?.name ?? "")).toMatchObject({ code: 0, out: "result: through\n" });
    expect(place.read("witness")).toBe("quick ");
  });
});
