import { parseCommandLine } from "./parse-command-line.js";
import { flush, openTerminal } from "./terminal/open-terminal.js";
import type { Terminal } from "./terminal/terminal.js";

/** Runs one command line and ends the process with its exit code, once all output is written. */
export async function start(args: readonly string[], version: () => string): Promise<void> {
  const terminal = openTerminal(process, args, version);
  hearWarnings(terminal);
  const exitCode = await answer(args, terminal);
  await flush(process);
  process.exit(exitCode);
}

/** Node's own warnings (such as that of node:sqlite being new) say nothing to users of a workflow; the engine's do. */
function hearWarnings(terminal: Terminal): void {
  process.removeAllListeners("warning");
  process.on("warning", (warning: Error & { readonly code?: string }) => {
    if (warning.code?.startsWith("E_") === true) terminal.err.line(`warning ${warning.code} ${warning.message}`);
  });
}

async function answer(args: readonly string[], terminal: Terminal): Promise<number> {
  const parsed = parseCommandLine(args.filter((one) => one !== "--no-color"));
  switch (parsed.kind) {
    case "call": {
      const main = await parsed.command.load();
      try {
        return await main({ operands: parsed.operands, options: parsed.options, terminal });
      } catch (error) {
        const { reportError } = await import("./report-error.js");
        return reportError(error, terminal);
      }
    }
    case "help": {
      const { helpText } = await import("./help.js");
      terminal.out.write(helpText(parsed.command, terminal.out.look.width));
      return 0;
    }
    case "version": {
      terminal.out.line(terminal.version);
      return 0;
    }
    case "mistake": {
      const { mistakeText } = await import("./help.js");
      terminal.err.line(mistakeText(args, parsed.problem, parsed.command, terminal.err.look.width));
      return 2;
    }
  }
}
