import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isFileValue, type Json, type JsonObject } from "../../../contracts/json.js";
import { nanobrainError } from "../../../errors/nanobrain-error.js";
import { type Inputs, interpolate, referredInputs } from "../interpolate.js";
import { isReference } from "./files-in.js";
import { shellText } from "./shell-text.js";
import { type Workplace, withPaths } from "./workplace.js";

export const shellProgram = "/bin/sh";

/** What is run, before it is looked for. */
export type ProgramCall = {
  readonly program: string;
  readonly arguments: readonly string[];
  readonly declared: { readonly [name: string]: string };
  /** Path of what it reads as its standard input. */
  readonly stdin: string | undefined;
};

/** Fills in what the config says. File values among the inputs are laid into the folder and stand as their paths. */
export async function programCall(place: Workplace, config: JsonObject, inputs: Inputs): Promise<ProgramCall> {
  const { command, env = {}, stdin } = config as { readonly command: Json; readonly env?: Json; readonly stdin?: Json };
  const shown = await shownInputs(
    place,
    [command, env, ...(typeof stdin === "string" && isReference(stdin) ? [] : [stdin ?? null])],
    inputs,
  );
  const { program, fixed, words } =
    typeof command === "string" ? shellWords(command) : programWords(command as readonly string[]);
  const filled = interpolate({ words, env }, shown, { words: "argument", env: "argument" });
  const call = {
    program,
    arguments: [...fixed, ...(filled["words"] as readonly string[])],
    declared: filled["env"] as { readonly [name: string]: string },
  };
  demandPassable(call);
  return { ...call, stdin: await stdinPath(place, stdin, inputs, shown) };
}

/** `fixed`: arguments in which nothing is filled in, before those in which it is. */
type Words = { readonly program: string; readonly fixed: readonly string[]; readonly words: readonly string[] };

function programWords([program = "", ...words]: readonly string[]): Words {
  return { program, fixed: [], words };
}

/** The shell, its script, the name it calls itself, and its parameters. */
function shellWords(text: string): Words {
  const { script, references } = shellText(text);
  return { program: shellProgram, fixed: ["-c", script, "sh"], words: references };
}

async function shownInputs(place: Workplace, texts: readonly Json[], inputs: Inputs): Promise<Inputs> {
  const shown: { [port: string]: Json } = { ...inputs };
  for (const port of referredInputs(texts)) {
    const value = Object.hasOwn(inputs, port) ? inputs[port] : undefined;
    if (value !== undefined) shown[port] = await withPaths(place, value);
  }
  return shown;
}

function demandPassable(call: Omit<ProgramCall, "stdin">): void {
  const texts = [
    ...call.arguments.map((text, at) => [`argument ${at + 1}`, text] as const),
    ...Object.entries(call.declared).map(([name, text]) => [`variable ${name}`, text] as const),
  ];
  for (const [what, text] of texts) {
    const problem = text.includes("\0")
      ? "it holds a NUL character, which ends a text for programs"
      : /\p{Cs}/u.test(text)
        ? "it holds half of a surrogate pair"
        : undefined;
    if (problem !== undefined) throw nanobrainError("E_PROGRAM_ARGUMENT", { program: call.program, what, problem });
  }
}

/** A file value alone gives its bytes, a text itself, everything else its JSON. */
async function stdinPath(
  place: Workplace,
  stdin: Json | undefined,
  inputs: Inputs,
  shown: Inputs,
): Promise<string | undefined> {
  if (stdin === undefined) return undefined;
  const isAlone = typeof stdin === "string" && isReference(stdin);
  const value = interpolate({ stdin }, isAlone ? inputs : shown)["stdin"] ?? null;
  if (isFileValue(value)) return place.context.locate(value);
  const path = join(await mkdtemp(join(place.temporary, "stdin-")), "stdin");
  await writeFile(path, typeof value === "string" ? value : JSON.stringify(value));
  return path;
}
