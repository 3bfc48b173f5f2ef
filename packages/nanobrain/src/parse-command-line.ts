import { parseArgs } from "node:util";
import type { OptionValue } from "./call.js";
import { commandList } from "./command-list.js";
import type { CommandSpec } from "./command-spec.js";

export type Parsed =
  | {
      readonly kind: "call";
      readonly command: CommandSpec;
      readonly operands: readonly string[];
      readonly options: { readonly [name: string]: OptionValue };
    }
  | { readonly kind: "help"; readonly command: CommandSpec | undefined }
  | { readonly kind: "version" }
  | { readonly kind: "mistake"; readonly problem: string; readonly command: CommandSpec | undefined };

/** Reads what was typed with Node's own parser, which is there already; help and did-you-mean are left to `help.ts`. */
export function parseCommandLine(args: readonly string[]): Parsed {
  const [first, ...rest] = args;
  if (first === undefined || first === "--help" || first === "-h") return { kind: "help", command: undefined };
  if (first === "--version" || first === "-V") return { kind: "version" };
  if (first === "help") return { kind: "help", command: commandList.find((one) => one.name === rest[0]) };
  const command = commandList.find((one) => one.name === first);
  if (command === undefined) return { kind: "mistake", problem: `unknown command '${first}'`, command };
  if (rest.includes("--help") || rest.includes("-h")) return { kind: "help", command };
  if (command.later === true) return { kind: "call", command, operands: rest, options: {} };
  return parseFor(command, rest);
}

function parseFor(command: CommandSpec, args: readonly string[]): Parsed {
  const options = Object.fromEntries(
    command.options.map((option) => [
      option.name,
      {
        type: option.value === undefined ? ("boolean" as const) : ("string" as const),
        multiple: option.many === true,
        ...(option.short === undefined ? {} : { short: option.short }),
      },
    ]),
  );
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
    const problem = operandProblem(command, positionals) ?? formatProblem(values);
    if (problem !== undefined) return { kind: "mistake", problem, command };
    return { kind: "call", command, operands: positionals, options: values };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return { kind: "mistake", problem: lowerFirst((said.split(/[.](?=\s|$)/)[0] ?? said).trim()), command };
  }
}

function lowerFirst(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}

/** One document at the end, or a line for each event: not both on one stream. */
function formatProblem(values: { readonly [name: string]: unknown }): string | undefined {
  const isBoth = values["json"] === true && values["jsonl"] === true;
  return isBoth ? "'--json' and '--jsonl' exclude each other" : undefined;
}

function operandProblem(command: CommandSpec, given: readonly string[]): string | undefined {
  const missing = command.operands.filter((one, position) => one.optional !== true && given[position] === undefined);
  if (missing.length > 0) return `missing ${missing.map((one) => one.name).join(" ")}`;
  const most = command.operands.some((one) => one.many === true) ? Number.POSITIVE_INFINITY : command.operands.length;
  return given.length > most ? `'${given[most]}' is one operand too many` : undefined;
}
