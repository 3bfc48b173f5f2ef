import { describe, expect, it } from "vitest";
import { commandList } from "./command-list.js";
import { helpText, mistakeText, usageOf } from "./help.js";
import { parseCommandLine } from "./parse-command-line.js";

function read(line: string) {
  const parsed = parseCommandLine(line.split(" ").filter((part) => part !== ""));
  switch (parsed.kind) {
    case "call":
      return { command: parsed.command.name, operands: parsed.operands, options: { ...parsed.options } };
    case "mistake":
      return parsed.problem;
    default:
      return parsed.kind;
  }
}

describe("command line", () => {
  it.each([
    ["run x.yml", { command: "run", operands: ["x.yml"], options: {} }],
    [
      "run x.yml -i a=1 -i b=@f --json",
      { command: "run", operands: ["x.yml"], options: { input: ["a=1", "b=@f"], json: true } },
    ],
    ["run -ia=1 x.yml", { command: "run", operands: ["x.yml"], options: { input: ["a=1"] } }],
    ["run x.yml --input=a=b=c", { command: "run", operands: ["x.yml"], options: { input: ["a=b=c"] } }],
    [
      "run x.yml --set steps.a.config.n=5 --set name=x",
      { command: "run", operands: ["x.yml"], options: { set: ["steps.a.config.n=5", "name=x"] } },
    ],
    [
      "run x.yml --no-cache --no-modules --detach",
      { command: "run", operands: ["x.yml"], options: { "no-cache": true, "no-modules": true, detach: true } },
    ],
    ["run -- -odd.yml", { command: "run", operands: ["-odd.yml"], options: {} }],
    ["validate a.yml b.yml", { command: "validate", operands: ["a.yml", "b.yml"], options: {} }],
    ["why ID outer[3]/inner", { command: "why", operands: ["ID", "outer[3]/inner"], options: {} }],
    ["runs --limit 5", { command: "runs", operands: [], options: { limit: "5" } }],
    ["explain", { command: "explain", operands: [], options: {} }],
    [
      "answer ID outer[3]/ask -d yes",
      { command: "answer", operands: ["ID", "outer[3]/ask"], options: { data: "yes" } },
    ],
    ["runs --prune --keep 30d", { command: "runs", operands: [], options: { prune: true, keep: "30d" } }],
    ["worker ID --now", { command: "worker", operands: ["ID", "--now"], options: {} }],
    ["", "help"],
    ["--help", "help"],
    ["help run", "help"],
    ["run --help", "help"],
    ["--version", "version"],
    ["run", "missing FILE"],
    ["why ID", "missing STEP"],
    ["trigger ID", "missing NAME"],
    ["pause ID --now", "unknown option '--now'"],
    ["show a b", "'b' is one operand too many"],
    ["rnu x.yml", "unknown command 'rnu'"],
    ["run x.yml --foo", "unknown option '--foo'"],
    ["run x.yml --json=yes", "option '--json' does not take an argument"],
  ])("%s", (line, expected) => {
    expect(read(line)).toEqual(expected);
  });

  it("mistakes: the message names what was meant, and the usage", () => {
    expect(mistakeText(["rnu"], "unknown command 'rnu'", undefined, 80)).toBe(
      "error: unknown command 'rnu'\n(Did you mean run?)\nsee: nanobrain --help",
    );
    const run = commandList.find((one) => one.name === "run");
    expect(mistakeText(["run", "x.yml", "--jsno"], "unknown option '--jsno'", run, 80)).toContain(
      "(Did you mean --json?)",
    );
    expect(mistakeText(["run", "x.yml", "--json=1"], "odd", run, 80)).toContain("usage: nanobrain run FILE [options]");
  });

  it("help: each command and each of its options is named", () => {
    const all = helpText(undefined, 100);
    for (const command of commandList.filter((one) => one.later !== true)) {
      expect(all).toContain(command.summary.split(" ").slice(0, 3).join(" "));
      const own = helpText(command, 100);
      for (const option of command.options) expect(own).toContain(`--${option.name}`);
      expect(usageOf(command)).toContain(command.name);
    }
    expect(all).toContain("Exit codes: 0 completed");
  });

  it("names: each command and each option of a command once", () => {
    const names = commandList.map((one) => one.name);
    expect(new Set(names).size).toBe(names.length);
    for (const { options } of commandList) expect(new Set(options.map((one) => one.name)).size).toBe(options.length);
  });

  it("commands: each one has a main", async () => {
    for (const command of commandList) expect(typeof (await command.load())).toBe("function");
  });
});
