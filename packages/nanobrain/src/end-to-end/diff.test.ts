import { afterAll, beforeAll, expect, it } from "vitest";
import { Workplace } from "./workplace.js";

const document = (more: string): string => `name: greeting
input_data_units: { who: { class: DataUnitString } }
output_data_units: { greeting: { class: DataUnitString } }
steps:
  greet: { class: TransformStep, config: { expression: '"Hello, " & who & "${more}"' }, inputs: { who: { from: who } } }
  shout: { class: TransformStep, config: { expression: "$uppercase(text)" }, inputs: { text: { from: greet.output } } }
links:
  said: { class: DirectLink, config: { source: shout.output, target: greeting } }
`;

let place: Workplace;
beforeAll(async () => {
  place = new Workplace({ "greeting.yml": document(".") });
  for (const [id, who] of [
    ["one", "Ada"],
    ["two", "Ada"],
    ["three", "Grace"],
  ])
    await place.run("run", "greeting.yml", "-i", `who=${who}`, "--run-id", id ?? "");
  place.write("greeting.yml", document("!").replace("shout:", "call:").replace("shout.", "call."));
  await place.run("run", "greeting.yml", "-i", "who=Ada", "--run-id", "four");
});
afterAll(() => place.close());

it("diff: of runs that are alike says so, and that one took its results from the cache", async () => {
  const { code, out } = await place.run("diff", "one", "two");
  expect(code).toBe(0);
  expect(out).toContain("the document is the same\n");
  expect(out).toContain("inputs and outputs are the same\n");
  expect(out).toMatch(/greet +succeeded, \S+ +succeeded, cached/);
});

it("diff: of other inputs names what went in and came out", async () => {
  const { out } = await place.run("diff", "one", "three");
  expect(out).toMatch(/input +who +"Ada" +"Grace"/);
  expect(out).toMatch(/output +greeting +"HELLO, ADA\." +"HELLO, GRACE\."/);
  expect(out).toMatch(/port +greet\.output +"Hello, Ada\." +"Hello, Grace\."/);
});

it("diff: of another document names steps that came, went and changed", async () => {
  const { out } = await place.run("diff", "one", "four");
  expect(out).toContain("  + call\n  - shout\n  ~ greet: config.expression\n");
  const json = JSON.parse((await place.run("diff", "one", "four", "--json")).out) as unknown;
  expect(json).toMatchObject({
    runs: [{ id: "one" }, { id: "four" }],
    plan: {
      same: false,
      added: ["call"],
      removed: ["shout"],
      changed: [{ step: "greet", what: ["config.expression"] }],
    },
  });
});

it("diff: a run that is not there is named, exit 2", async () => {
  const { code, err } = await place.run("diff", "one", "nobody");
  expect(code).toBe(2);
  expect(err).toContain("E_RUN_UNKNOWN");
});
