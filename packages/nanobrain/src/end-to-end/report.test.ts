import { afterAll, beforeAll, expect, it } from "vitest";
import { Workplace } from "./workplace.js";

let place: Workplace;
beforeAll(() => {
  place = new Workplace({
    "hello.yml": `name: hello
steps:
  greet: { class: TransformStep, config: { expression: '"good day"' } }
`,
  });
});
afterAll(() => place.close());

it("report: writes one page with what the run gave, beside where it is called, and says where", async () => {
  await place.run("run", "hello.yml", "--run-id", "first");
  const { code, out, err } = await place.run("report", "first", "--out", "first.html");
  expect([code, err]).toEqual([0, ""]);
  expect(out.trim()).toBe(`${place.folder}/first.html`);
  const page = place.read("first.html");
  expect(page).toMatch(/^<!doctype html>/);
  expect(page).toContain("good day");
  expect(page).toContain("nanobrain run hello.yml");
});

it("report: an unknown run is a mistake of the call, as everywhere", async () => {
  expect(await place.run("report", "nobody")).toMatchObject({ code: 2, err: expect.stringContaining("E_RUN_UNKNOWN") });
  expect(await place.run("report", "first", "--open", "maybe")).toMatchObject({ code: 2 });
});
