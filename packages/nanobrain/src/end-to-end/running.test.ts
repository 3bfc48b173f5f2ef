import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Workplace } from "./workplace.js";

const hello = `name: hello
input_data_units:
  who: { class: DataUnitString }
  loud: { class: DataUnitMemory, schema: { type: boolean }, default: false }
output_data_units:
  greeting: { class: DataUnitString }
  length: { class: DataUnitMemory }
steps:
  greet: { class: TransformStep, config: { expression: '"Hello, " & who & (loud ? "!" : ".")' }, inputs: { who: { from: who }, loud: { from: loud } } }
  measure: { class: TransformStep, config: { expression: "$length(text)" }, inputs: { text: { from: greet.output } } }
links:
  said: { class: DirectLink, config: { source: greet.output, target: greeting } }
  measured: { class: DirectLink, config: { source: measure.output, target: length } }
`;

const failing = `name: failing
output_data_units: { result: { class: DataUnitMemory } }
steps:
  first: { class: CommandStep, config: { command: [node, -e, "require('fs').appendFileSync('PLACE/witness', 'first ')"] } }
  second:
    class: CommandStep
    depends_on: [first]
    config: { command: [node, -e, "if (!require('fs').existsSync('PLACE/mended')) { console.error('the disk is full'); process.exit(7) } console.log('second')"] }
links:
  done: { class: DirectLink, config: { source: second.stdout, target: result } }
`;

const faulty = `name: faulty
steps:
  one: { class: TransformStp, config: { expression: "1" } }
  two: { class: TransformStep, config: { expresion: "1" } }
links:
  a: { class: DirectLink, config: { source: one.output, target: three.x } }
`;

const escapeCode = String.fromCharCode(27);

let place: Workplace;
beforeAll(() => {
  place = new Workplace({ "hello.yml": hello, "faulty.yml": faulty });
  place.write("failing.yml", failing.replaceAll("PLACE", place.folder));
});
afterAll(() => place.close());

describe("run", () => {
  it("completed: outputs on stdout in the document's order, progress on stderr, exit 0, no escape codes when piped", async () => {
    const { code, out, err } = await place.run("run", "hello.yml", "-i", "who=Ada", "-i", "loud=true");
    expect({ code, out }).toEqual({ code: 0, out: "greeting: Hello, Ada!\nlength: 11\n" });
    expect(err).toMatch(/✔ done in .* · 2 steps .*inspect: nanobrain show [a-z]+-[a-z]+/s);
    expect(out + err).not.toContain(escapeCode);
  });

  it("--json: one document on stdout, in the promised shape", async () => {
    const { code, out } = await place.run("run", "hello.yml", "-i", "who=Grace", "--json");
    expect(code).toBe(0);
    const result = JSON.parse(out) as { readonly [key: string]: unknown };
    const keys = [
      "duration_ms",
      "failures",
      "name",
      "outputs",
      "plan_hash",
      "run_id",
      "status",
      "steps",
      "warnings",
      "workflow",
    ];
    expect(Object.keys(result).sort()).toEqual(keys);
    expect(result).toMatchObject({
      workflow: "hello",
      status: "completed",
      outputs: { greeting: "Hello, Grace.", length: 13 },
      steps: { greet: { status: "succeeded", activations: 1, cached: false } },
      failures: [],
    });
  });

  it("--jsonl: one event per line on stdout, numbered from 1 without a gap", async () => {
    const { code, out } = await place.run("run", "hello.yml", "-i", "who=Ada", "--jsonl");
    const events = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { readonly seq: number; readonly type: string });
    expect(code).toBe(0);
    expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
    expect([events[0]?.type, events.at(-1)?.type]).toEqual(["run.created", "run.completed"]);
  });

  it("second run of the same inputs: comes from the cache; --no-cache: runs again", async () => {
    await place.run("run", "hello.yml", "-i", "who=cached");
    expect((await place.run("run", "hello.yml", "-i", "who=cached")).err).toContain("2 cached");
    expect((await place.run("run", "hello.yml", "-i", "who=cached", "--no-cache")).err).not.toContain("cached ·");
  });

  it("missing input: exit 2, its -i is printed; unknown and unreadable ones are named", async () => {
    const missing = await place.run("run", "hello.yml");
    expect(missing).toMatchObject({ code: 2, out: "" });
    expect(missing.err).toContain("missing  -i who=TEXT");
    const unknown = await place.run("run", "hello.yml", "-i", "who=x", "-i", "whom=y");
    expect(unknown).toMatchObject({ code: 2 });
    expect(unknown.err).toContain("there is no input whom");
    const unreadable = await place.run("run", "hello.yml", "-i", "who=x", "-i", "loud=very");
    expect(unreadable.err).toContain('input loud: a boolean is expected, "very" is no JSON');
  });

  it("document with faults: exit 2, all of them with their places, nothing runs", async () => {
    const { code, out, err } = await place.run("run", "faulty.yml");
    expect({ code, out }).toEqual({ code: 2, out: "" });
    for (const text of ["faulty.yml:3:17 error E_CLASS_UNKNOWN", "did you mean", "E_UNKNOWN_KEY", "E_REF"])
      expect(err).toContain(text);
  });

  it("failed: exit 1, the cause on stderr, then resume goes on where it stopped", async () => {
    const failed = await place.run("run", "failing.yml");
    expect({ code: failed.code, out: failed.out }).toEqual({ code: 1, out: "" });
    expect(failed.err).toContain("declared  failing.yml:5:3");
    expect(failed.err).toContain("E_PROGRAM_FAILED Program node ended with exit code 7: the disk is full");
    const name = /then {2}nanobrain resume (\S+)/.exec(failed.err)?.[1] ?? "";
    place.write("mended", "");
    const resumed = await place.run("resume", name);
    expect({ code: resumed.code, out: resumed.out }).toEqual({ code: 0, out: 'result: "second\\n"\n' });
    expect(place.read("witness")).toBe("first ");
    expect(await place.run("resume", name)).toMatchObject({ code: 2 });
  });

  it("--run-id: a second use attaches; with other inputs it exits 2", async () => {
    const first = await place.run("run", "hello.yml", "-i", "who=Ida", "--run-id", "fixed-1", "--json");
    const again = await place.run("run", "hello.yml", "-i", "who=Ida", "--run-id", "fixed-1", "--json");
    const id = (ended: { readonly out: string }) => (JSON.parse(ended.out) as { readonly run_id: string }).run_id;
    expect([first.code, again.code, id(first), id(again)]).toEqual([0, 0, "fixed-1", "fixed-1"]);
    const other = await place.run("run", "hello.yml", "-i", "who=Eve", "--run-id", "fixed-1");
    expect(other).toMatchObject({ code: 2 });
    expect(other.err).toContain("E_RUN_EXISTS");
  });

  it("--set, --strategy and --only change what runs; a wrong one exits 2", async () => {
    const set = await place.run(
      "run",
      "hello.yml",
      "-i",
      "who=x",
      "--set",
      `steps.greet.config.expression='"changed"'`,
      "--strategy",
      "sequential",
    );
    expect(set.out).toContain("greeting: changed");
    expect(set.err).toContain("sequential strategy");
    const only = await place.run("run", "hello.yml", "-i", "who=x", "--only", "greet");
    expect({ code: only.code, out: only.out }).toEqual({ code: 0, out: "greet.output: Hello, x.\n" });
    expect(await place.run("run", "hello.yml", "-i", "who=x", "--strategy", "random")).toMatchObject({ code: 2 });
    expect(await place.run("run", "hello.yml", "-i", "who=x", "--only", "nothing")).toMatchObject({ code: 2 });
  });

  it("--detach: prints the run's name at once, and the run completes by itself", async () => {
    const { code, out } = await place.run("run", "hello.yml", "-i", "who=away", "--detach");
    expect(code).toBe(0);
    const name = out.trim();
    let status = "";
    for (let tries = 0; tries < 200 && status !== "completed"; tries++) {
      status = (await place.runs()).find((one) => one.name === name)?.status ?? "";
    }
    expect(status).toBe("completed");
    const refused = await place.run("run", "faulty.yml", "--detach");
    expect(refused).toMatchObject({ code: 2, out: "" });
    expect(refused.err).toContain("E_CLASS_UNKNOWN");
  });

  it("reader of stdout that leaves: the run goes on to its end", async () => {
    const running = place.start(["run", "hello.yml", "-i", "who=pipe", "--run-id", "piped", "--jsonl", "--no-cache"]);
    running.child.stdout?.destroy();
    expect(await running.ended).toMatchObject({ code: 0, signal: null });
    expect((await place.run("show", "piped", "--json")).out).toContain('"status":"completed"');
  });

  it("other runs that are unfinished: named", async () => {
    const own = new Workplace({ "hello.yml": hello });
    try {
      own.write(
        "slow.yml",
        "name: slow\nsteps: { wait: { class: CommandStep, config: { command: [sleep, '600'] } } }\n",
      );
      const slow = own.start(["run", "slow.yml"]);
      await slow.said("slow ·");
      slow.child.kill("SIGKILL");
      await slow.ended;
      expect((await own.run("run", "hello.yml", "-i", "who=x")).err).toMatch(
        /another run is unfinished: \S+\s+\(nanobrain\s+resume\s+\S+\)/,
      );
    } finally {
      own.close();
    }
  });
});

describe("validate and plan", () => {
  it("validate: every fault at once, exit 2; --json in the promised shape", async () => {
    const text = await place.run("validate", "faulty.yml", "hello.yml");
    expect({ code: text.code, out: text.out }).toEqual({ code: 2, out: "" });
    expect(text.err).toContain("errors · nanobrain explain");
    const { code, out } = await place.run("validate", "faulty.yml", "--json");
    const result = JSON.parse(out) as {
      readonly ok: boolean;
      readonly diagnostics: readonly { readonly [key: string]: unknown }[];
    };
    expect([code, result.ok]).toEqual([2, false]);
    expect(Object.keys(result.diagnostics[0] ?? {}).sort()).toEqual([
      "code",
      "column",
      "file",
      "hint",
      "line",
      "message",
      "path",
      "severity",
    ]);
    expect(result.diagnostics.map((one) => one["code"])).toEqual(
      expect.arrayContaining(["E_CLASS_UNKNOWN", "E_UNKNOWN_KEY", "E_REF"]),
    );
    expect(await place.run("validate", "hello.yml")).toMatchObject({ code: 0, out: "hello.yml: ok\n" });
  });

  it("plan: text, JSON and pictures on stdout; nothing is written", async () => {
    const bare = new Workplace();
    try {
      bare.write("flows/hello.yml", hello);
      const text = await bare.run("plan", "flows/hello.yml");
      expect(text).toMatchObject({ code: 0, err: "" });
      expect(text.out).toMatch(/greet +group 1 +runs.*measure +group 2 +runs/s);
      const json = JSON.parse((await bare.run("plan", "flows/hello.yml", "--format", "json")).out) as {
        readonly groups: unknown;
      };
      expect(json).toMatchObject({
        strategy: "graph",
        groups: [["greet"], ["measure"]],
        steps: { measure: { needs: ["greet"], action: "run" } },
      });
      expect((await bare.run("plan", "flows/hello.yml", "--format", "mermaid")).out).toContain("flowchart");
      expect((await bare.run("plan", "flows/hello.yml", "--format", "svg")).out).toContain("<svg");
      expect(await bare.run("plan", "flows/hello.yml", "--format", "png")).toMatchObject({ code: 2 });
      expect(bare.has("flows/.nanobrain")).toBe(false);
    } finally {
      bare.close();
    }
  });
});
