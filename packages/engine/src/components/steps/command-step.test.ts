import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Json } from "../../contracts/json.js";
import { openStepBench, type StepBench } from "../../testing/step-bench.js";
import { commandStep } from "./command-step.js";

let bench: StepBench;
beforeEach(() => {
  bench = openStepBench();
});
afterEach(() => bench.close());

const node = process.execPath;
const printArguments = "process.stdout.write(JSON.stringify(process.argv.slice(1)))";

describe("CommandStep: arguments", () => {
  it("a port in an argument: stays one argument, byte for byte", async () => {
    const hostile = [
      "; touch x",
      "$(touch x)",
      "`touch x`",
      "a b",
      "a\nb",
      "",
      "*",
      "--eval=1",
      "-c",
      "'\"",
      "\\",
      "%s%n",
      "${HOME}",
      "{{ other }}",
      "\u{1F600}é",
    ];
    for (const value of hostile) {
      const config = { command: [node, "-e", printArguments, "--", "{{ value }}", "x={{ value }}"], parse: "json" };
      const { stdout } = await bench.outputs(commandStep, config, { inputs: { value } });
      expect(stdout).toEqual([value, `x=${value}`]);
    }
    expect(existsSync(join(bench.project, "x"))).toBe(false);
  });

  it("values that are no texts: are passed as JSON, fields by their path", async () => {
    const command = [node, "-e", printArguments, "--", "{{ n }}", "{{ map }}", "{{ map.list[1] }}"];
    const inputs = { n: 1.5, map: { list: [1, "two"] } };
    const { stdout } = await bench.outputs(commandStep, { command, parse: "json" }, { inputs });
    expect(stdout).toEqual(["1.5", '{"list":[1,"two"]}', "two"]);
  });

  it("what no program can be passed: is a failure of the data", async () => {
    const failed = (inputs: { readonly v: Json }, config = {}) =>
      bench.failure(commandStep, { command: ["echo", "{{ v }}"], ...config }, { inputs });
    expect(await failed({ v: "a\0b" })).toMatchObject({ kind: "data_validation", code: "E_PLACEHOLDER" });
    expect(await failed({ v: "x".repeat(3 << 20) })).toMatchObject({
      kind: "data_validation",
      code: "E_PROGRAM_ARGUMENT",
    });
  });

  it("what cannot be filled in: is named by its place in the document", async () => {
    const failed = (config: { readonly [key: string]: Json }) =>
      bench.failure(commandStep, config, { inputs: { v: {} } });
    const what = "Cannot fill in {{ v.name }} of";
    expect(await failed({ command: ["echo", "a", "{{ v.name }}"] })).toMatchObject({
      code: "E_PLACEHOLDER",
      message: `${what} command[2]: v has no field name`,
    });
    expect(await failed({ shell: true, command: "echo {{ v.name }}" })).toMatchObject({
      message: `${what} command: v has no field name`,
    });
    expect(await failed({ command: ["echo"], env: { NAME: "{{ v.name }}" } })).toMatchObject({
      message: `${what} env.NAME: v has no field name`,
    });
  });

  it("a shell script: ports reach it as parameters, never as script", async () => {
    const scripts = [
      'printf "[%s]" {{ v }} "a {{ v }}"',
      "printf '[%s]' {{ v }}\"a {{ v }}\"",
      'x={{ v }}; printf "[%s]" "$x" "$(printf "%s" "a {{ v }}")"',
    ];
    const run = (script: string, v: string) =>
      bench.outputs(commandStep, { shell: true, command: script }, { inputs: { v } });
    for (const v of ["; touch x", "$(touch x)", "`touch x`", '"; touch x; "', "'; touch x; '", "a  b"]) {
      const [first, second] = [await run(scripts[0] ?? "", v), await run(scripts[1] ?? "", v)];
      expect([first["stdout"], second["stdout"]]).toEqual([`[${v}][a ${v}]`, `[${v}a ${v}]`]);
      await run(scripts[2] ?? "", v);
    }
    expect(existsSync(join(bench.project, "x"))).toBe(false);
  });

  it("any shell script with any value: a value is never run", async () => {
    const pieces = fc.constantFrom(
      '"',
      "'",
      "\\",
      "{{ v }}",
      " ",
      "$(echo ",
      ")",
      "`",
      "echo ",
      "\n",
      "#",
      "<<E\n",
      "x=",
      ";",
    );
    const marker = join(bench.project, "marker");
    // A script may itself run what `$(echo VALUE)` prints, word by word: none of these begins with the word `touch`.
    const values = fc.constantFrom(
      `; touch ${marker};`,
      `$(touch ${marker})`,
      `\`touch ${marker}\``,
      `"; touch ${marker}; "`,
      `'; touch ${marker}; '`,
      `true\ntouch ${marker}\n`,
      `E\ntouch ${marker}\n`,
    );
    await fc.assert(
      fc.asyncProperty(fc.array(pieces, { minLength: 1, maxLength: 8 }), values, async (parts, v) => {
        rmSync(marker, { force: true });
        await bench.attempt(commandStep, { shell: true, command: parts.join("") }, { inputs: { v } });
        return !existsSync(marker);
      }),
      { numRuns: 200, examples: [[["\\", "{{ v }}", '"'], `\n touch ${marker}\n`]] },
    );
  });
});

describe("CommandStep: the program", () => {
  it("one that is nowhere: is a failure of the configuration, with the name that was meant", async () => {
    const failure = await bench.failure(commandStep, { command: ["srot"] });
    expect(failure).toMatchObject({
      kind: "configuration",
      code: "E_PROGRAM_MISSING",
      hint: expect.stringContaining('"sort"'),
    });
    expect(await bench.failure(commandStep, { command: ["./none.sh"] })).toMatchObject({ code: "E_PROGRAM_MISSING" });
    expect(await bench.failure(commandStep, { command: ["/none/at/all"] })).toMatchObject({
      code: "E_PROGRAM_MISSING",
    });
  });

  it("a script of the project: runs if it may be executed, in the fresh folder", async () => {
    const script = join(bench.project, "bin");
    mkdirSync(script);
    writeFileSync(join(script, "tool.sh"), "#!/bin/sh\nls -A | wc -l\n");
    expect(await bench.failure(commandStep, { command: ["bin/tool.sh"] })).toMatchObject({
      kind: "configuration",
      code: "E_PROGRAM_START",
    });
    chmodSync(join(script, "tool.sh"), 0o755);
    expect((await bench.outputs(commandStep, { command: ["bin/tool.sh"] }))["stdout"]).toMatch(/^\s*0\n$/);
    writeFileSync(join(bench.outer, "out.sh"), "#!/bin/sh\n");
    symlinkSync("../../out.sh", join(script, "link.sh"));
    for (const path of ["../out.sh", "bin/link.sh"])
      expect(await bench.failure(commandStep, { command: [path] })).toMatchObject({ code: "E_PATH_REFUSED" });
  });

  it("an interpreter that is gone: is a failure of the configuration", async () => {
    writeFileSync(join(bench.project, "x.sh"), "#!/none/interpreter\n", { mode: 0o755 });
    expect(await bench.failure(commandStep, { command: ["./x.sh"] })).toMatchObject({
      kind: "configuration",
      code: "E_PROGRAM_START",
    });
  });

  it("fingerprint: changes with the program's file", async () => {
    const path = join(bench.project, "tool.sh");
    const print = async () =>
      JSON.stringify(
        await commandStep.fingerprint?.(
          { command: ["./tool.sh"] },
          { project: bench.project, roots: [], blobs: null, scratch: "" },
        ),
      );
    writeFileSync(path, "#!/bin/sh\n", { mode: 0o755 });
    const first = await print();
    expect([await print(), JSON.parse(first)]).toEqual([
      first,
      expect.objectContaining({ program: path, program_size: "10" }),
    ]);
    utimesSync(path, 1, 1);
    const touched = await print();
    writeFileSync(path, "#!/bin/sh\n\n");
    utimesSync(path, 1, 1);
    expect(new Set([first, touched, await print()]).size).toBe(3);
    chmodSync(path, 0o644);
    expect(JSON.parse(await print())).toEqual({ program: expect.stringContaining("executed") });
  });

  it("its environment: is clean, and holds what is declared", async () => {
    process.env["ENGINE_SECRET"] = "canary";
    const config = { command: ["env"], env: { OWN: "{{ v }}", TOKEN: "${secret:TOKEN}" } };
    const { stdout } = await bench.outputs(commandStep, config, {
      inputs: { v: "a=b\nc" },
      secrets: { TOKEN: "s3cret-token" },
    });
    delete process.env["ENGINE_SECRET"];
    const names = String(stdout)
      .split("\n")
      .filter((line) => line.includes("="))
      .map((line) => line.split("=")[0] ?? "");
    const allowed = [
      "PATH",
      "HOME",
      "LANG",
      "LC_ALL",
      "LC_CTYPE",
      "TZ",
      "TMPDIR",
      "NANOBRAIN_IDEMPOTENCY_KEY",
      "NANOBRAIN_ATTEMPT",
      "OWN",
      "TOKEN",
    ];
    expect(names.filter((name) => !allowed.includes(name))).toEqual([]);
    expect(stdout).toContain("OWN=a=b\nc\n");
    expect(stdout).toContain("TOKEN=***\n");
    expect(stdout).toContain("NANOBRAIN_IDEMPOTENCY_KEY=key-1\n");
    expect(stdout).not.toContain("canary");
  });
});

describe("CommandStep: how it ends", () => {
  const shell = (command: string, more = {}) => ({ shell: true, command, ...more });

  it("exit codes: zero is success, others are failures with what it said last", async () => {
    expect(await bench.outputs(commandStep, shell("exit 0"))).toMatchObject({
      exit_code: 0,
      stdout: "",
      stderr: "",
      files: [],
    });
    expect(await bench.failure(commandStep, shell("echo why >&2; exit 3"))).toMatchObject({
      kind: "step",
      code: "E_PROGRAM_FAILED",
      message: "Program /bin/sh ended with exit code 3: why",
      details: { exitCode: 3 },
    });
    expect(await bench.outputs(commandStep, shell("exit 1", { ok_codes: [0, 1] }))).toMatchObject({ exit_code: 1 });
  });

  it("retry codes: are passing trouble, others then are final", async () => {
    const config = { retry_codes: [75] };
    expect(await bench.failure(commandStep, shell("exit 75", config))).toMatchObject({
      kind: "network",
      retryable: true,
    });
    expect(await bench.failure(commandStep, shell("exit 1", config))).toMatchObject({ kind: "step", retryable: false });
  });

  it("a signal: is a failure that names it", async () => {
    expect(await bench.failure(commandStep, shell("kill -SEGV $$"))).toMatchObject({
      kind: "step",
      code: "E_PROGRAM_SIGNAL",
      details: { signal: "SIGSEGV" },
    });
    expect(await bench.failure(commandStep, shell("kill -KILL $$"))).toMatchObject({
      hint: expect.stringContaining("memory"),
    });
  });

  it("too much output: is ended and named", async () => {
    const failure = await bench.failure(commandStep, { command: ["yes"], max_output: "10KB" });
    expect(failure).toMatchObject({
      kind: "data_validation",
      code: "E_PROGRAM_OUTPUT",
      details: { stream: "stdout", limitBytes: 10_000 },
    });
  });

  it("an abort: ends the program and its children, and its reason is the failure", async () => {
    const controller = new AbortController();
    const pidFile = join(bench.project, "pid");
    const running = bench.failure(commandStep, shell("sleep 600 & echo $! > pid; wait", { cwd: ".", grace: 0.2 }), {
      signal: controller.signal,
    });
    const limit = Date.now() + 60_000;
    while (!(existsSync(pidFile) && readFileSync(pidFile, "utf8").endsWith("\n")) && Date.now() < limit)
      await delay(10);
    const pid = Number(readFileSync(pidFile, "utf8"));
    controller.abort({ kind: "timeout", code: "E_TIMEOUT", message: "Too long" });
    expect(await running).toMatchObject({ kind: "timeout", code: "E_TIMEOUT" });
    const state = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, "latin1") : ") Z";
    expect(state).toMatch(/\) [ZX]/);
  });

  it("standard error: is logged line by line, secrets masked", async () => {
    await bench.outputs(commandStep, shell('echo one >&2; echo "$T" >&2', { env: { T: "${secret:T}" } }), {
      secrets: { T: "very-secret" },
    });
    expect(bench.log).toEqual(["info one", "info ***"]);
  });
});

describe("CommandStep: reading and writing", () => {
  it("parse: reads stdout as it says", async () => {
    const parsed = async (text: string, parse: string) =>
      (await bench.outputs(commandStep, { command: ["printf", "%s", "{{ text }}"], parse }, { inputs: { text } }))[
        "stdout"
      ];
    expect(await parsed("a,b\n1,2\n", "csv")).toEqual([{ a: "1", b: "2" }]);
    expect(await parsed("a\tb\n1\t2\n", "tsv")).toEqual([{ a: "1", b: "2" }]);
    expect(await parsed('{"a":1}\n[2]\n', "jsonl")).toEqual([{ a: 1 }, [2]]);
    expect(await parsed('{"a":1}', "json")).toEqual({ a: 1 });
    const broken = { command: ["echo", "{"], parse: "json" };
    expect(await bench.failure(commandStep, broken)).toMatchObject({ kind: "data_validation", code: "E_PARSE" });
    const bytes = { command: ["printf", "\\377\\376"] };
    expect(await bench.failure(commandStep, bytes)).toMatchObject({ kind: "data_validation", code: "E_PARSE" });
  });

  it("stdin: text, a file's bytes, anything else as JSON", async () => {
    const cat = async (stdin: Json, inputs = {}) =>
      (await bench.outputs(commandStep, { command: ["cat"], stdin }, { inputs }))["stdout"];
    const file = await bench.file("a.txt", "bytes of the file");
    expect(await cat("plain")).toBe("plain");
    expect(await cat("{{ v }}", { v: file })).toBe("bytes of the file");
    expect(await cat("{{ v }}", { v: "text\n" })).toBe("text\n");
    expect(await cat("{{ v }}", { v: [1, { a: 2 }] })).toBe('[1,{"a":2}]');
    expect(await cat("path: {{ v }}", { v: file })).toBe("path: a.txt");
    expect(await cat({ a: "{{ v }}" }, { v: 1 })).toBe('{"a":1}');
  });

  it("a file value in an argument: is a read-only copy in the folder, under its name", async () => {
    const file = await bench.file("table.csv", "b\na\n");
    const command = "sort {{ f }}; ls -l {{ f }} | cut -c1-10; rm -f {{ f }}; echo spoilt > {{ f }}";
    const { stdout } = await bench.outputs(commandStep, { shell: true, command }, { inputs: { f: file } });
    expect(stdout).toBe("a\nb\n-r--r--r--\n");
    expect(await bench.text(file)).toBe("b\na\n");
  });

  it("file values of equal or hostile names: lie apart, inside the folder", async () => {
    const [a, b, up, dash, same] = [
      await bench.file("x", "1"),
      await bench.file("x", "2"),
      await bench.file("../../x", "3"),
      await bench.file("-rf", "4"),
      await bench.file("x", "1"),
    ];
    const command = ["cat", "{{ a }}", "{{ b }}", "{{ up }}", "{{ dash }}", "{{ same }}"];
    const { stdout } = await bench.outputs(commandStep, { command }, { inputs: { a, b, up, dash, same } });
    expect(stdout).toBe("12341");
    const echo = await bench.outputs(
      commandStep,
      { command: ["echo", ...command.slice(1)] },
      { inputs: { a, b, up, dash, same } },
    );
    expect(echo["stdout"]).toBe("x 2/x file ./-rf x\n");
  });

  it("files_in: values, files of the project and their patterns, by name or in a list", async () => {
    mkdirSync(join(bench.project, "data"));
    for (const name of ["a.csv", "b.csv", "c.txt"]) writeFileSync(join(bench.project, "data", name), name);
    const f = await bench.file("value.txt", "v");
    const list = {
      shell: true,
      command: "find . -type f | sort | xargs cat",
      files_in: ["data/*.csv", "{{ f }}", "{{ many }}", "data/{{ name }}.txt"],
    };
    const { stdout } = await bench.outputs(commandStep, list, {
      inputs: { f, many: [await bench.file("m", "m")], name: "c" },
    });
    expect(stdout).toBe("a.csvb.csvc.txtmv");
    const map = {
      shell: true,
      command: "cat x/1 2 3 4",
      files_in: { "x/1": "data/a.csv", "2": "{{ f }}", "3": "{{ rows }}", "4": "{{ text }}" },
    };
    expect((await bench.outputs(commandStep, map, { inputs: { f, rows: [{ a: 1 }], text: "t" } }))["stdout"]).toBe(
      'a.csvv[{"a":1}]t',
    );
  });

  it("files_in that are not there, lie outside or have no name: are refused", async () => {
    writeFileSync(join(bench.outer, "secret"), "SECRET");
    symlinkSync("../secret", join(bench.project, "link"));
    const failed = (entry: string, inputs = {}) =>
      bench.failure(commandStep, { command: ["true"], files_in: [entry] }, { inputs });
    expect(await failed("none.csv")).toMatchObject({ code: "E_FILE_READ" });
    expect(await failed("link")).toMatchObject({ code: "E_FILE_READ" });
    expect(await failed("{{ v }}/x", { v: ".." })).toMatchObject({ code: "E_PLACEHOLDER" });
    expect(await failed("{{ v }}", { v: "text" })).toMatchObject({
      code: "E_PLACEHOLDER",
      hint: expect.stringContaining("map"),
    });
    expect(await failed(".env")).toMatchObject({ kind: expect.any(String) });
  });

  it("files_out: a list gives files, a map gives ports too; what was laid in and not changed is none", async () => {
    const f = await bench.file("in.csv", "in");
    const command = "echo 1 > b.csv; mkdir sub; echo 2 > sub/a.csv; echo {{ f }} > /dev/null";
    const list = await bench.outputs(commandStep, { shell: true, command, files_out: ["**/*.csv"] }, { inputs: { f } });
    expect((list["files"] as readonly { name: string }[]).map(({ name }) => name)).toEqual(["b.csv", "a.csv"]);
    const map = { report: "b.csv", tables: "**/*.csv", none: "*.png" };
    const outputs = await bench.outputs(commandStep, { shell: true, command, files_out: map }, { inputs: { f } });
    expect(await bench.text(outputs["report"])).toBe("1\n");
    expect([(outputs["tables"] as unknown[]).length, outputs["none"], (outputs["files"] as unknown[]).length]).toEqual([
      2,
      [],
      2,
    ]);
    const changed = "cp {{ f }} x; chmod u+w {{ f }}; echo more >> {{ f }}; rm x";
    expect(
      (await bench.outputs(commandStep, { shell: true, command: changed, files_out: ["*"] }, { inputs: { f } }))[
        "files"
      ],
    ).toHaveLength(1);
  });

  it("files_out that is not there, a folder, or a link out: fails, and nothing from outside is kept", async () => {
    const failed = (command: string) => bench.failure(commandStep, { shell: true, command, files_out: ["out"] });
    for (const command of ["true", "mkdir out", "ln -s /etc/passwd out", "mkfifo out", "ln -s none out"])
      expect(await failed(command)).toMatchObject({ kind: "step", code: "E_PROGRAM_FILES" });
    const glob = { shell: true, command: "ln -s /etc/passwd out; ln -s /etc dir", files_out: ["*", "dir/*"] };
    expect((await bench.outputs(commandStep, glob))["files"]).toEqual([]);
  });

  it("cwd: runs in a folder of the project, with absolute paths for file values; not outside", async () => {
    mkdirSync(join(bench.project, "sub"));
    const f = await bench.file("in.txt", "in");
    const { stdout } = await bench.outputs(
      commandStep,
      { shell: true, command: "pwd; cat {{ f }}", cwd: "sub" },
      { inputs: { f } },
    );
    expect(stdout).toBe(`${join(bench.project, "sub")}\nin`);
    symlinkSync("..", join(bench.project, "up"));
    for (const cwd of ["up", "none", ".nanobrain"])
      expect(await bench.failure(commandStep, { command: ["true"], cwd })).toMatchObject({ code: "E_PATH_REFUSED" });
  });

  it("each attempt: has a fresh folder, which is gone afterwards", async () => {
    const config = { shell: true, command: "ls -A; touch left; pwd" };
    const folders = [await bench.outputs(commandStep, config), await bench.outputs(commandStep, config)].map(
      ({ stdout }) => String(stdout).trim(),
    );
    expect(new Set(folders).size).toBe(2);
    for (const folder of folders) expect(existsSync(folder)).toBe(false);
  });
});

describe("CommandStep: its config", () => {
  it.each<[string, { readonly [key: string]: Json }, string]>([
    ["one text without shell", { command: "ls -l" }, "E_TYPE"],
    ["a list with shell", { command: ["ls"], shell: true }, "E_TYPE"],
    ["a program from a port", { command: ["{{ program }}", "x"] }, "E_CONFLICT"],
    ["a secret in an argument", { command: ["curl", "${secret:TOKEN}"] }, "E_CONFLICT"],
    ["a secret in a script", { command: "echo ${secret:TOKEN}", shell: true }, "E_CONFLICT"],
    ["a port in single quotes", { command: "echo '{{ v }}'", shell: true }, "E_CONFLICT"],
    ["a port after a backslash", { command: "echo \\{{ v }}", shell: true }, "E_CONFLICT"],
    ["a NUL", { command: ["echo", "a\0b"] }, "E_RANGE"],
    ["a folder outside", { command: ["ls"], cwd: "../x" }, "E_PATH"],
    ["an input outside", { command: ["ls"], files_in: ["../x"] }, "E_PATH"],
    ["an input laid outside", { command: ["ls"], files_in: { "../x": "a" } }, "E_PATH"],
    ["an absolute output", { command: ["ls"], files_out: ["/etc/passwd"] }, "E_PATH"],
    ["an output from a port", { command: ["ls"], files_out: ["{{ v }}"] }, "E_CONFLICT"],
    ["an output on a port that exists", { command: ["ls"], files_out: { stdout: "x" } }, "E_CONFLICT"],
    ["a code in both lists", { command: ["ls"], retry_codes: [0] }, "E_CONFLICT"],
  ])("%s: is a fault of the document", async (_name, config, code) => {
    expect(await bench.problems(commandStep, config)).toEqual([code]);
  });

  it("ports: those that the config names are needed, those of files_out are given", () => {
    const config = {
      command: ["a", "{{ x }}"],
      env: { A: "{{ y.z }}" },
      stdin: { a: "{{ s }}" },
      cwd: "{{ c }}",
      files_in: { a: "{{ f }}" },
      files_out: { report: "r", many: "*.png" },
      parse: "csv",
    };
    const { inputs, outputs, openInputs, openOutputs } = commandStep.ports(config);
    expect(Object.keys(inputs)).toEqual(["x", "s", "y", "c", "f"]);
    expect(Object.keys(outputs)).toEqual(["stdout", "stderr", "exit_code", "files", "report", "many"]);
    expect([openInputs, openOutputs, outputs["stdout"]]).toEqual([true, false, { schema: { type: "array" } }]);
  });
});
