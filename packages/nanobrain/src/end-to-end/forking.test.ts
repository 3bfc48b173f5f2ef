import { afterEach, beforeEach, expect, it } from "vitest";
import { Workplace } from "./workplace.js";

/** Each step writes its name into a witness; `mark` takes one item. */
const inner = `name: inner
input_data_units: { in: { class: DataUnitMemory } }
output_data_units: { out: { class: DataUnitMemory } }
steps:
  mark: { class: CommandStep, config: { command: [node, -e, "require('fs').appendFileSync('PLACE/witness', 'mark-' + process.argv[1] + ' '); console.log(process.argv[1])", "{{ in }}"] }, inputs: { in: { from: in } } }
  trim: { class: CommandStep, config: { command: [node, -e, "require('fs').appendFileSync('PLACE/witness', 'trim-' + process.argv[1].trim() + ' '); console.log(process.argv[1].trim() + 'MORE')", "{{ text }}"], parse: text }, inputs: { text: { from: mark.stdout } } }
links:
  end: { class: DirectLink, config: { source: trim.stdout, target: out } }
`;
const outer = `name: outer
output_data_units: { out: { class: DataUnitMemory } }
steps:
  outer: { class: Workflow, config: inner.yml, for_each: { over: items, as: in, concurrency: 2 }, inputs: { items: { default: [a, b] } } }
links:
  end: { class: DirectLink, config: { source: outer.out, target: out } }
`;

let place: Workplace;
beforeEach(async () => {
  place = new Workplace({ "outer.yml": outer });
  place.write("inner.yml", inner.replaceAll("PLACE", place.folder).replace("MORE", ""));
  expect(await place.run("run", "outer.yml", "--run-id", "one", "--no-cache")).toMatchObject({ code: 0 });
  place.write("witness", "");
});
afterEach(() => place.close());

it("rerun --from within an item: what was taken over and what runs is said; only that runs", async () => {
  const { code, err, out } = await place.run("rerun", "one", "--from", "outer[1]/trim");
  expect({ code, out }).toEqual({ code: 0, out: 'out: ["a\\n","b\\n"]\n' });
  expect(err).toContain("shared  2: outer[0], outer[1]/mark\n");
  expect(err).toContain("runs    outer[1]/trim: it was asked for\n");
  expect(place.read("witness")).toBe("trim-b ");
});

it("resume --updated: of a completed run, runs what changed since and says why; nothing changed: says that", async () => {
  const same = await place.run("resume", "one", "--updated");
  expect(same.err).toContain("runs    nothing: all is as it was\n");
  expect([same.code, place.read("witness")]).toEqual([0, ""]);
  place.write("inner.yml", inner.replaceAll("PLACE", place.folder).replace("MORE", "!"));
  const changed = await place.run("resume", "one", "--updated");
  expect(changed).toMatchObject({ code: 0, out: 'out: ["a!\\n","b!\\n"]\n' });
  expect(changed.err).toContain("runs    outer[0]/trim: its class or config changed\n");
  expect(place.read("witness").split(" ").sort()).toEqual(["", "trim-a", "trim-b"]);
});

it("resume --updated: of a run that is driven is refused; of a stopped one goes on, and ends the old one", async () => {
  place.write(
    "slow.yml",
    `name: slow
steps:
  quick: { class: TransformStep, config: { expression: "1" } }
  slow: { class: CommandStep, depends_on: [quick], config: { command: [node, -e, "setTimeout(() => {}, 600000)"] } }
`,
  );
  const running = place.start(["run", "slow.yml", "--run-id", "two"]);
  await running.said("quick  done");
  const refused = await place.run("resume", "two", "--updated");
  expect(refused).toMatchObject({ code: 3 });
  expect(refused.err).toContain("E_RUN_HELD");
  running.child.kill("SIGKILL");
  await running.ended;
  place.write("slow.yml", place.read("slow.yml").replace("600000", "0"));
  const resumed = await place.run("resume", "two", "--updated");
  expect(resumed).toMatchObject({ code: 0 });
  expect(resumed.err).toContain("shared  1: quick\n");
  const { out } = await place.run("show", "two", "--json");
  expect(JSON.parse(out)).toMatchObject({ status: "cancelled" });
});
