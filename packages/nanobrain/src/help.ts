import { Command, Option } from "commander";
import { commandList } from "./command-list.js";
import type { CommandSpec } from "./command-spec.js";
import { wrap } from "./terminal/text-width.js";

/** The help of a command, or of all. */
export function helpText(command: CommandSpec | undefined, width: number): string {
  const program = programOf(width);
  const shown = command === undefined ? program : program.commands.find((one) => one.name() === command.name);
  const text = (shown ?? program).helpInformation();
  return command === undefined ? `${text}\n${wrap(closing, width).join("\n")}\n` : text;
}

const closing =
  "Results go to stdout, progress and messages to stderr. Exit codes: 0 completed, 1 failed, 2 invalid document, input or usage, 3 paused, cancelled or waiting, 4 store damaged, 130 and 143 interrupted.";

/**
 * What was wrong with a command line, in commander's words with its did-you-mean where it sees the mistake too,
 * else in those of the parser.
 */
export function mistakeText(
  args: readonly string[],
  problem: string,
  command: CommandSpec | undefined,
  width: number,
): string {
  let said = "";
  const program = programOf(width);
  for (const one of [program, ...program.commands]) {
    one.exitOverride().configureOutput({
      writeErr: (text) => {
        said += text;
      },
      writeOut: () => {},
    });
  }
  try {
    program.parse([...args], { from: "user" });
  } catch {
    // What went wrong was written to `said`.
  }
  const text = said === "" ? `error: ${problem}` : said.trim();
  const usage = command === undefined ? "nanobrain --help" : usageOf(command);
  return `${text}\n${command === undefined ? "see" : "usage"}: ${usage}`;
}

export function usageOf(command: CommandSpec): string {
  const operands = command.operands.map((one) => {
    const name = one.many === true ? `${one.name}...` : one.name;
    return one.optional === true ? `[${name}]` : name;
  });
  return ["nanobrain", command.name, ...operands, command.options.length > 0 ? "[options]" : ""].join(" ").trim();
}

function programOf(width: number): Command {
  const program = new Command("nanobrain")
    .description("Workflows written in YAML: run them, look at them, go on with them.")
    .usage("COMMAND [options]")
    .configureHelp({ helpWidth: width, showGlobalOptions: false })
    .addOption(new Option("-V, --version", "print the version"));
  for (const spec of commandList) {
    const hidden = spec.later === true;
    const command = program
      .command(spec.name, { hidden })
      .description(spec.summary)
      .configureHelp({ helpWidth: width });
    command.action(() => {});
    for (const operand of spec.operands) {
      const name = operand.many === true ? `${operand.name}...` : operand.name;
      command.argument(operand.optional === true ? `[${name}]` : `<${name}>`);
    }
    for (const option of spec.options)
      command.addOption(new Option(flagsOf(option.name, option.short, option.value), option.about));
  }
  return program.helpCommand(false);
}

function flagsOf(name: string, short: string | undefined, value: string | undefined): string {
  return `${short === undefined ? "" : `-${short}, `}--${name}${value === undefined ? "" : ` <${value}>`}`;
}
