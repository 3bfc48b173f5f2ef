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
  const words =
    typeof command === "string" ? shellWords(command, shown) : programWords(command as readonly string[], shown);
  const secrets = Object.values(place.context.secrets);
  const declared = interpolate({ env }, shown, { env: "argument" }, secrets)["env"] as ProgramCall["declared"];
  const call = { ...words, declared };
  demandPassable(call);
  return { ...call, stdin: await stdinPath(place, stdin, inputs, shown) };
}

type Words = Pick<ProgramCall, "program" | "arguments">;

/** The program's own place in the list is kept, so that a failure names an argument as the document does. */
function programWords([program = "", ...words]: readonly string[], shown: Inputs): Words {
  const { command } = interpolate({ command: ["", ...words] }, shown, { command: "argument" });
  return { program, arguments: (command as readonly string[]).slice(1) };
}

/** The shell, its script, the name it calls itself, and its parameters. */
function shellWords(text: string, shown: Inputs): Words {
  const { script, references } = shellText(text);
  const parameters = references.map((command) => interpolate({ command }, shown, { command: "argument" })["command"]);
  return { program: shellProgram, arguments: ["-c", script, "sh", ...(parameters as readonly string[])] };
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
  const secrets = Object.values(place.context.secrets);
  const isAlone = typeof stdin === "string" && isReference(stdin);
  const value = interpolate({ stdin }, isAlone ? inputs : shown, {}, secrets)["stdin"] ?? null;
  if (isFileValue(value)) return place.context.locate(value);
  const path = join(await mkdtemp(join(place.temporary, "stdin-")), "stdin");
  await writeFile(path, typeof value === "string" ? value : JSON.stringify(value));
  return path;
}
