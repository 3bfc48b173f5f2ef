import { isAbsolute } from "node:path";
import type { StepCall, StepContext, StepDefinition } from "../../contracts/component.js";
import type { AttemptFolders } from "../../contracts/executor.js";
import type { Json, JsonObject } from "../../contracts/json.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import { resolveInside } from "../../paths/resolve-inside.js";
import { secretMask } from "../../values/secret-mask.js";
import { commandConfig, commandPorts, commandProblems } from "./command-config.js";
import { interpolate } from "./interpolate.js";
import { parseText, type TextFormat } from "./parse-text.js";
import { bytesOf, millisecondsOf } from "./world/amounts.js";
import { decodedText } from "./world/decoded-text.js";
import { type FilesIn, placeFilesIn } from "./world/files-in.js";
import { collectFilesOut, type FilesOut } from "./world/files-out.js";
import { findProgram } from "./world/find-program.js";
import { type ProgramCall, programCall, shellProgram } from "./world/program-call.js";
import { programEnvironment, searchPathOf } from "./world/program-environment.js";
import { endFault, missingProgram, startFault } from "./world/program-faults.js";
import { type ProgramEnd, runProgram } from "./world/run-program.js";
import { demandUsable } from "./world/step-files.js";
import { openWorkplace, type Workplace } from "./world/workplace.js";

const docs = `Runs a program: no shell, an argument vector, a clean environment, a fresh folder for each attempt.

- \`{{ port }}\` in an argument is that value and stays one argument, whatever it holds. A file value is laid into the folder
  as a read-only copy and stands as its path there. A value may begin with a dash: put \`--\` before it in programs that
  take options, as in \`[sort, --, "{{ file }}"]\`.
- The program is found in PATH, or (with a \`/\` in its name) inside the workflow's folder, or at an absolute path.
- It sees PATH, HOME, LANG, LC_ALL, LC_CTYPE, TZ, a TMPDIR of its own, NANOBRAIN_IDEMPOTENCY_KEY (the same on every attempt), the
  mark NANOBRAIN_ATTEMPT, and what \`env\` declares. Secrets go into \`env\` or \`stdin\`, never into \`command\`.
- With \`shell: true\`, \`command\` is a script of /bin/sh in which \`{{ port }}\` becomes a quoted parameter.
- When the attempt ends, however it ends, all its children are ended too. Out of reach are only those that left the process
  group and also wiped their environment (on systems other than Linux: that left the group).
- The attempt's CPU time and peak memory are the program's, with its children's: seen from time to time, on Linux only, and so at
  least what was used. Memory is that of the largest process. Missing are processes that outlive their parent, and what happened
  after the last look (they are 20 ms to 1 s apart, and also come when the program writes); CPU time is read once more when
  the program closes its output.
- Exit codes outside \`ok_codes\` fail the step. Output ports: \`stdout\` (read as \`parse\` says), \`stderr\`, \`exit_code\`, \`files\`, and one
  for each name of a \`files_out\` map.

\`\`\`yaml
sorted:
  class: CommandStep
  config:
    command: [sort, -t, ",", -k, "{{ column }}", --, "{{ table }}"]
    parse: csv
\`\`\``;

export const commandStep: StepDefinition = {
  kind: "step",
  class: "nanobrain.core.step.CommandStep",
  version: "1",
  summary: "Runs a program without a shell and ends it with all its children.",
  docs,
  config: commandConfig,
  ports: commandPorts,
  effects: true,
  secretFields: ["env"],
  executor: "local",
  check: async (config) => commandProblems(config),
  fingerprint: programParts,
  run,
};

/** What the cache key says of the program: which file it is, its size and its time of change. */
function programParts(config: JsonObject, folders: AttemptFolders): { readonly [part: string]: string } {
  const { command, env = {} } = config as {
    readonly command: Json;
    readonly env?: { readonly [name: string]: string };
  };
  const name = Array.isArray(command) ? String(command[0]) : shellProgram;
  const found = findProgram(name, searchPathOf(process.env, env), folders);
  if (found.status !== "found") return { program: `${name}: ${found.what}` };
  return {
    program: found.real,
    program_size: String(found.sizeBytes),
    program_changed: new Date(found.changedAtMs).toISOString(),
  };
}

async function run({ config, inputs, context }: StepCall): Promise<{ readonly [port: string]: Json }> {
  const place = await openWorkplace(context, workingFolder(config, inputs, context.folders));
  await placeFilesIn(place, (config["files_in"] ?? []) as FilesIn, inputs);
  const call = await programCall(place, config, inputs);
  const end = await started(place, call, config);
  const codes = { ok: config["ok_codes"] as readonly number[], retry: config["retry_codes"] as readonly number[] };
  const fault = endFault(call.program, end, codes, secretMask(context.secrets));
  if (fault !== undefined) throw fault;
  const { files, ports } = await collectFilesOut(place, (config["files_out"] ?? []) as FilesOut, call.program);
  return {
    stdout: readOutput(end.stdout, config["parse"] as TextFormat, call.program, context),
    stderr: end.stderr.toString("utf8"),
    exit_code: end.exitCode,
    files,
    ...ports,
  };
}

/** The folder of the project to run in; undefined: the fresh one. */
function workingFolder(config: JsonObject, inputs: StepCall["inputs"], folders: AttemptFolders): string | undefined {
  const { cwd } = interpolate({ cwd: config["cwd"] ?? null }, inputs, { cwd: "path" });
  if (typeof cwd !== "string") return undefined;
  demandUsable(cwd);
  const resolved = resolveInside(folders.project, folders.roots, cwd);
  if (resolved.status === "found") return resolved.real;
  throw nanobrainError("E_PATH_REFUSED", {
    path: cwd,
    what: resolved.status === "outside" ? resolved.what : "there is no such folder",
  });
}

/** Runs the program to its own end. Throws what stands for any other. */
async function started(
  place: Workplace,
  call: ProgramCall,
  config: JsonObject,
): Promise<ProgramEnd & { readonly status: "ended" }> {
  const { context } = place;
  const { program, declared } = call;
  const found = findProgram(program, searchPathOf(process.env, declared), context.folders);
  if (found.status !== "found") throw missingProgram(program, found);
  const maxOutputBytes = bytesOf(config["max_output"], 10_485_760);
  const mask = secretMask(context.secrets);
  const end = await runProgram({
    path: found.path,
    name: program,
    arguments: call.arguments,
    environment: programEnvironment(process.env, declared, place.temporary, context.idempotencyKey),
    folder: place.start,
    ...(call.stdin === undefined ? {} : { stdin: call.stdin }),
    maxOutputBytes,
    graceMs: millisecondsOf(config["grace"], 2_000),
    signal: context.signal,
    onErrorLine: (line, isPiece) => context.log("info", isPiece ? (mask?.cut(line) ?? line) : line),
    onUsage: (usage) => context.measured(usage),
  });
  switch (end.status) {
    case "ended":
      return end;
    case "flooded":
      throw nanobrainError("E_PROGRAM_OUTPUT", { program, stream: end.stream, limitBytes: maxOutputBytes });
    case "not_started":
      throw startFault(program, end.cause);
    case "aborted":
      throw abortReason(context);
  }
}

function abortReason({ signal }: StepContext): Error {
  const { reason } = signal as { readonly reason: unknown };
  return reason instanceof Error
    ? reason
    : nanobrainError("E_CANCELLED", { reason: "the attempt was aborted" }, { cause: reason });
}

function readOutput(stdout: Buffer, format: TextFormat, program: string, context: StepContext): Json {
  const what = `what ${isAbsolute(program) ? "the program" : program} wrote`;
  const { value, problems } = parseText(decodedText(stdout, what), format, { what });
  for (const { line, problem } of problems) context.log("warn", `stdout, line ${line}: ${problem}`);
  return value;
}
