import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Workplace } from "./workplace.js";

/** `bad` stops the run while `tried` has failed and would be tried again; `passed` is passed over, and `told` reads why. */
const stopping = `name: stopping
module: ./own.ts
steps:
  passed: { class: CommandStep, error_handling: continue, config: { command: [nosuchprogram] } }
  told: { class: TransformStep, config: { expression: code }, inputs: { input: { from: passed.error } } }
  tried: { class: CommandStep, max_retries: 3, retry_delay: 600, depends_on: [told], config: { command: [node, -e, "process.exit(75)"], retry_codes: [75] } }
  bad: { class: FunctionStep, depends_on: [told], config: { function: fails } }
  never: { class: TransformStep, depends_on: [bad], config: { expression: "1" } }
`;
const own = `export function fails(): never {
  throw new TypeError("of the own module");
}
export const big = (): string => "x".repeat(2_000_000);
`;

let place: Workplace;
let run: string;
beforeAll(async () => {
  place = new Workplace({ "stopping.yml": stopping, "own.ts": own });
  await place.run("run", "stopping.yml");
  run = (await place.runs())[0]?.name ?? "";
});
afterAll(() => place.close());

describe("failures", () => {
  it("own module: the line that threw is told, by the run and afterwards", async () => {
    const shown = await place.run("show", run);
    expect(shown.out).toMatch(/✖ bad {2}failed.*declared {2}stopping.yml:7:3.*thrown {2}own.ts:2:9/s);
  });

  it("error port: its value can be looked at, and why says that it went on", async () => {
    const { code, out } = await place.run("data", run, "passed.error");
    expect({ code, told: JSON.parse(out) }).toMatchObject({ code: 0, told: { code: "E_PROGRAM_MISSING" } });
    expect((await place.run("why", run, "passed")).out).toMatch(/gave +error to told\.input\n/);
  });

  it("stopped run: nothing of it is said to be running, and nothing to have been given that never ran", async () => {
    const tried = (await place.run("why", run, "tried")).out;
    expect(tried).not.toContain("running");
    const never = (await place.run("why", run, "never")).out;
    expect(never).toContain("never ran");
    expect(never).not.toContain("gave");
  });

  it("port without a value: the reason is a command away", async () => {
    const { code, err } = await place.run("data", run, "never.output");
    expect(code).toBe(2);
    expect(err).toContain(`nanobrain why ${run} never`);
  });
});

describe("value that the store has lost", () => {
  it("show: it is named with exit 4, and the rest is shown", async () => {
    place.write(
      "big.yml",
      "name: big\nmodule: ./own.ts\nsteps:\n  make: { class: FunctionStep, config: { function: big } }\n",
    );
    await place.run("run", "big.yml");
    rmSync(join(place.folder, ".nanobrain/blobs"), { recursive: true });
    const { code, out, err } = await place.run("show", (await place.runs())[0]?.name ?? "");
    expect(code).toBe(4);
    expect(out).toContain("✔ make");
    expect(err).toContain("E_BLOB_MISSING output make.output");
  });
});

describe("mistyped", () => {
  it.each([
    [["logs", "RUN", "--step", "tryed"], "did you mean tried?"],
    [["run", "stopping.yml", "--executor", "thraed"], "one of local, thread, process, parsl is expected"],
    [["run", "stopping.yml", "--run-id", "../x y"], "letters, digits"],
    [["runs", "--workflow", "other"], "no runs of workflow other"],
  ])("%j: %s", async (args, said) => {
    const { code, err } = await place.run(...args.map((one) => (one === "RUN" ? run : one)));
    expect(err.replace(/\s+/g, " ")).toContain(said);
    expect(code).toBe(args[0] === "runs" ? 0 : 2);
  });

  it("unset environment variable: one fault, not two", async () => {
    place.write(
      "unset.yml",
      'name: unset\nsteps:\n  a: { class: CommandStep, config: { command: [echo, "${NB_NOT_SET}"] } }\n',
    );
    const { code, err } = await place.run("validate", "unset.yml");
    expect(code).toBe(2);
    expect(err).toContain("E_ENV");
    expect(err).toContain("1 error ");
  });
});

describe("results", () => {
  it("files: readable as the user's mask lets, not as the store keeps them", async () => {
    place.write(
      "file.yml",
      `name: file
steps:
  make: { class: CommandStep, config: { command: [node, -e, "require('fs').writeFileSync('made.txt', 'x')"], files_out: [made.txt] } }
`,
    );
    await place.run("run", "file.yml", "--out", "given");
    expect(statSync(join(place.folder, "given/made.txt")).mode & 0o777).toBe(0o666 & ~process.umask());
  });

  it("plan as a picture: outputs that nobody declared are left out", async () => {
    const { out } = await place.run("plan", "stopping.yml", "--format", "mermaid");
    expect(out).toContain('"told"');
    expect(out).not.toContain("told.output");
  });
});

describe("nested workflow that stopped", () => {
  const inner = `name: inner
steps:
  first: { class: CommandStep, config: { command: [node, -e, "require('fs').appendFileSync('PLACE/witness', 'first ')"] } }
  gate: { class: CommandStep, depends_on: [first], config: { command: [node, -e, "process.exit(require('fs').existsSync('PLACE/open') ? 0 : 1)"] } }
`;
  const outer = `name: outer
steps:
  once: { class: Workflow, config: inner.yml }
  many: { class: Workflow, config: inner.yml, depends_on: [once], for_each: { over: items, as: item }, inputs: { items: { default: [1, 2] } } }
`;
  let result: { readonly steps: { readonly [name: string]: unknown }; readonly failures: readonly unknown[] };
  let stopped: string;
  beforeAll(async () => {
    place.write(
      "inner.yml",
      inner
        .replaceAll("PLACE", place.folder)
        .replace("steps:", "input_data_units: { item: { class: DataUnitMemory, optional: true } }\nsteps:"),
    );
    place.write("outer.yml", outer);
    await place.run("run", "outer.yml");
    stopped = (await place.runs())[0]?.name ?? "";
    place.write("open", "");
    result = JSON.parse((await place.run("resume", stopped, "--json")).out) as typeof result;
  });

  it("resumed: the step that holds it has succeeded too, with no failure left over", () => {
    expect(result).toMatchObject({
      status: "completed",
      failures: [],
      steps: { once: { status: "succeeded", run: { status: "completed" } }, many: { status: "succeeded" } },
    });
    expect(result.steps["once"]).not.toHaveProperty("error");
  });

  it("resumed: what was done in it is not done again", () => {
    expect(place.read("witness")).toBe("first first first ");
  });

  it("resumed: show and why say the same", async () => {
    expect((await place.run("show", stopped)).out).toMatch(/✔ once.*✔ many/s);
    expect((await place.run("why", stopped, "once")).out).toMatch(/^once ran/);
  });

  it("rerun from a step that is not in it: exit 2 with those that are", async () => {
    const { code, err } = await place.run("rerun", stopped, "--from", "once/gat");
    expect(code).toBe(2);
    expect(err.replace(/\s+/g, " ")).toContain("workflow inner has no such step (steps: first, gate)");
  });
});

describe("failure of a map", () => {
  it("its step is not said to be done", async () => {
    place.write(
      "items.yml",
      `name: items
steps:
  each: { class: CommandStep, for_each: { over: items, as: item, max_failures: 1 }, config: { command: [node, -e, "process.exit(1)"] }, inputs: { items: { default: [1, 2] } } }
`,
    );
    const { code, err } = await place.run("run", "items.yml");
    expect(code).toBe(1);
    expect(err).toContain("2 of 2 items failed, max_failures is 1");
    expect(err).not.toContain("each  done");
  });
});

describe("failure that was passed over", () => {
  it("its step is not said to be done", async () => {
    place.write(
      "absent.yml",
      `name: absent
steps:
  fails: { class: TransformStep, when_absent: fail, error_handling: continue, config: { expression: "$" }, inputs: { input: { from: given, when: "value > 1" } } }
  reads: { class: TransformStep, config: { expression: kind }, inputs: { input: { from: fails.error } } }
input_data_units: { given: { class: DataUnitMemory, default: 1 } }
`,
    );
    const { code, err, out } = await place.run("run", "absent.yml");
    expect({ code, out }).toEqual({ code: 0, out: "reads.output: data_validation\n" });
    expect(err).toContain("fails  failed for good (continue)");
    expect(err).not.toContain("fails  done");
  });
});
