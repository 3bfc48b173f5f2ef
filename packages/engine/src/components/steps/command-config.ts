import type { z } from "zod";
import type { ConfigProblem, StepPorts, Zod } from "../../contracts/component.js";
import type { Json, JsonObject, JsonSchema } from "../../contracts/json.js";
import { pathFault } from "../../paths/path-spelling.js";
import { duration } from "../triggers/trigger-parts.js";
import { referredInputs } from "./interpolate.js";
import { textFormats } from "./parse-text.js";
import { size } from "./world/amounts.js";
import { fixedProblems, pathProblems, secretProblems } from "./world/config-checks.js";
import { shellText } from "./world/shell-text.js";

/** Output ports that every program has. */
const ownPorts = ["stdout", "stderr", "exit_code", "files"];

export function commandConfig(zod: Zod): z.ZodType {
  const text = zod.string();
  const name = zod.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,127}$/);
  const codes = zod.array(zod.number().int().min(0).max(255));
  return zod.strictObject({
    command: zod
      .union([zod.array(text).min(1), text.min(1)])
      .describe("Program and arguments, one text each; with `shell: true` one text. `{{ port }}` stays one argument."),
    shell: zod
      .boolean()
      .default(false)
      .describe("True: `command` is a script of /bin/sh; ports reach it as parameters."),
    stdin: zod
      .unknown()
      .optional()
      .describe("What it reads: text, `{{ port }}` (a file gives its bytes), or data as JSON."),
    env: zod
      .record(zod.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), text)
      .default({})
      .describe("Variables besides PATH, HOME, LANG, LC_ALL, LC_CTYPE, TZ and TMPDIR. The place for `${secret:NAME}`."),
    cwd: text.min(1).optional().describe("Folder of the project to run in. Default: a fresh empty folder."),
    files_in: zod
      .union([zod.array(text), zod.record(text, text)])
      .default([])
      .describe(
        "Files laid into the fresh folder: a list of `{{ port }}` and paths or patterns of the project, or a map from names.",
      ),
    files_out: zod
      .union([zod.array(text), zod.record(name, text)])
      .default([])
      .describe("Names and patterns of files it leaves: a list, or a map from output ports."),
    parse: zod.enum(textFormats).default("text").describe("How stdout is read."),
    ok_codes: codes.min(1).default([0]).describe("Exit codes that mean success."),
    retry_codes: codes
      .default([])
      .describe("Exit codes of passing trouble, tried again as failures of the network are. Others are then final."),
    max_output: size(zod).default(10_485_760).describe("Most bytes of stdout and of stderr, each."),
    grace: duration(zod).default(2).describe("How long it may take to end when asked to, before it is ended."),
  });
}

export function commandPorts(config: JsonObject): StepPorts {
  const { command, stdin = null, env = null, cwd = null, files_in = null, files_out } = config;
  const inputs = referredInputs([command ?? null, stdin, env, cwd, files_in]);
  const file: JsonSchema = { type: "object", required: ["$file", "name"] };
  const named = isMap(files_out) ? files_out : {};
  return {
    inputs: Object.fromEntries(inputs.map((port) => [port, {}])),
    outputs: {
      stdout: { schema: outputSchema(config["parse"]) },
      stderr: { schema: { type: "string" } },
      exit_code: { schema: { type: "integer" } },
      files: { schema: { type: "array", items: file } },
      ...Object.fromEntries(
        Object.entries(named).map(([port, pattern]) => [
          port,
          { schema: /[*?[{]/.test(String(pattern)) ? { type: "array", items: file } : file },
        ]),
      ),
    },
    openInputs: true,
    openOutputs: false,
  };
}

function outputSchema(parse: Json | undefined): JsonSchema {
  if (parse === "json") return true;
  return { type: parse === "text" ? "string" : "array" };
}

function isMap(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What the schema cannot say. */
export function commandProblems(config: JsonObject): readonly ConfigProblem[] {
  const { cwd, files_in, files_out } = config;
  return [
    ...wordProblems(config),
    ...pathProblems(cwd, ["cwd"]),
    ...fileProblems(files_in, "files_in"),
    ...fileProblems(files_out, "files_out"),
    ...codeProblems(config),
  ];
}

function wordProblems({ command, shell }: JsonObject): readonly ConfigProblem[] {
  const path = ["command"];
  if (typeof command === "string") {
    if (shell !== true)
      return [
        {
          path,
          code: "E_TYPE",
          message: "command is one text: a list of program and arguments is expected",
          hint: `write [program, argument, ...], or set shell: true`,
        },
      ];
    const quoted = shellText(command).misplaced.map(({ reference, offset }) => ({
      path,
      code: "E_CONFLICT",
      message: `${reference} stands in single quotes or after a backslash, where the shell replaces nothing`,
      hint: "leave them out, or use double quotes",
      offset,
      length: reference.length,
    }));
    return [...secretProblems(command, path), ...quoted];
  }
  if (shell === true)
    return [{ path, code: "E_TYPE", message: "command is a list: with shell: true one text is expected" }];
  const words = (command ?? []) as readonly string[];
  return [
    ...fixedProblems(words[0], [...path, 0], "which program runs is fixed by the document"),
    ...words.flatMap((word, at) => secretProblems(word, [...path, at])),
    ...words.flatMap((word, at) =>
      word.includes("\0") || (at === 0 && word.trim() === "")
        ? [{ path: [...path, at], code: "E_RANGE", message: `${JSON.stringify(word)} cannot be passed to a program` }]
        : [],
    ),
  ];
}

function fileProblems(files: Json | undefined, key: "files_in" | "files_out"): readonly ConfigProblem[] {
  if (files === undefined || files === null || typeof files !== "object") return [];
  const isList = Array.isArray(files);
  return Object.entries(files).flatMap(([name, text]: [string, Json]) => {
    const path = [key, isList ? Number(name) : name];
    if (key === "files_out")
      return [
        ...portProblems(name, path, isList),
        ...fixedProblems(text, path, "its files are named by the document"),
        ...relativeProblems(text, path),
      ];
    return [...pathProblems(text, path), ...(isList ? [] : relativeProblems(name, path))];
  });
}

function relativeProblems(text: Json, path: ConfigProblem["path"]): readonly ConfigProblem[] {
  const fault = pathFault(String(text));
  return fault === undefined
    ? []
    : [{ path, code: "E_PATH", message: `Path ${JSON.stringify(text)} is not allowed: ${fault}` }];
}

function portProblems(name: string, path: ConfigProblem["path"], isList: boolean): readonly ConfigProblem[] {
  if (isList || !ownPorts.includes(name)) return [];
  return [{ path, code: "E_CONFLICT", message: `${name} is an output port already: another name is expected` }];
}

function codeProblems({ ok_codes, retry_codes }: JsonObject): readonly ConfigProblem[] {
  const ok = (ok_codes ?? []) as readonly number[];
  const both = ((retry_codes ?? []) as readonly number[]).filter((code) => ok.includes(code));
  return both.map((code) => ({
    path: ["retry_codes"],
    code: "E_CONFLICT",
    message: `Exit code ${code} is in ok_codes and in retry_codes`,
  }));
}
