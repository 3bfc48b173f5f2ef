import { afterAll, beforeAll, expect, it } from "vitest";
import { Workplace } from "./workplace.js";

const document = `name: hello
steps:
  say: { class: TransformStep, config: { expression: '"hello"' } }
`;

let place: Workplace;
beforeAll(async () => {
  place = new Workplace({ "hello.yml": document });
  await place.run("run", "hello.yml", "--run-id", "first");
});
afterAll(() => place.close());

const ids = async (): Promise<readonly string[]> =>
  (
    JSON.parse((await place.run("runs", "--json")).out) as { readonly runs: readonly { readonly run_id: string }[] }
  ).runs.map((one) => one.run_id);

it("prune: without an age, with one that is none, and --keep alone: exit 2 and what is expected", async () => {
  expect((await place.run("runs", "--prune")).err).toContain("--keep AGE is missing");
  const wrong = await place.run("runs", "--prune", "--keep", "10");
  expect(wrong.code).toBe(2);
  expect(wrong.err.replaceAll(/\s+/g, " ")).toContain("a number with s, m, h, d or w is expected");
  expect(await place.run("runs", "--keep", "30d")).toMatchObject({ code: 2 });
});

it("prune: young runs stay; --dry-run names what would go, and removes nothing; then it goes", async () => {
  expect(await place.run("runs", "--prune", "--keep", "1h")).toMatchObject({
    code: 0,
    out: "freed 0 bytes: 0 runs, 0 cached results, 0 blobs\n",
  });
  const dry = await place.run("runs", "--prune", "--keep", "0s", "--dry-run");
  expect(dry.out).toMatch(/^would remove [a-z]+-[a-z]+\nwould free about .*: 1 run, 1 cached result, 0 blobs\n$/);
  expect(await ids()).toEqual(["first"]);
  const pruned = await place.run("runs", "--prune", "--keep", "0s", "--json");
  expect(JSON.parse(pruned.out)).toMatchObject({ dry_run: false, removed: [{ run_id: "first" }], kept: [] });
  expect(await ids()).toEqual([]);
  expect(await place.run("run", "hello.yml", "--run-id", "first")).toMatchObject({ code: 0 });
});
