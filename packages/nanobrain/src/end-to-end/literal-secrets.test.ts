import { type FakeModelServer, startFakeModelServer } from "@nanobrain/library/testing";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Workplace } from "./workplace.js";

const key = ["canary", "of", "the", "document"].join("-");

let place: Workplace;
let server: FakeModelServer;
beforeEach(async () => {
  place = new Workplace();
  server = await startFakeModelServer(() => ({ text: `Your key is ${key}.` }));
  place.write(
    "flow.yml",
    `name: flow
steps:
  ask:
    class: AgentStep
    config:
      prompt: Say my key.
      agent:
        class: SimpleAgent
        config:
          model: compatible/fake
          base_url: ${server.baseUrl}
          api_key: ${key}
`,
  );
});
afterEach(async () => {
  place.close();
  await server.close();
});

it("a key in a document: told with its line, and masked wherever the run is shown or kept but in the plan", async () => {
  const valid = await place.run("validate", "flow.yml");
  expect([valid.code, valid.out + valid.err]).toEqual([0, expect.stringContaining("flow.yml:12:20 warning W_SECRET")]);
  expect(valid.out + valid.err).toContain("${secret:API_KEY}");
  const run = await place.run("run", "flow.yml", "--run-id", "r1");
  expect([run.code, server.calls[0]?.headers.authorization]).toEqual([0, `Bearer ${key}`]);
  expect(run.err).toContain("W_SECRET");
  await place.run("report", "r1", "--open", "no", "--out", "r1.html");
  const shown = await Promise.all([
    place.run("show", "r1", "--json"),
    place.run("events", "r1", "--jsonl"),
    place.run("logs", "r1", "--level", "debug"),
    place.run("why", "r1", "ask", "--json"),
    place.run("plan", "flow.yml", "--format", "json"),
  ]);
  const told = [valid, run, ...shown].map(({ out, err }) => out + err).join("") + place.read("r1.html");
  expect(told).toContain("Your key is ***.");
  expect(told).not.toContain(key);
});
