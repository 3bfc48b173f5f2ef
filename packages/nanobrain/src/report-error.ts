import { NanobrainError } from "@nanobrain/engine";
import type { Terminal } from "./terminal/terminal.js";
import { oneLine, severalLines, wrap } from "./terminal/text-width.js";

/** What the system says when a process may open no more files. */
const noHandles = /^(EMFILE|ENFILE)\b|too many open files/i;

/** Prints an error that ended a command, and gives its exit code. */
export async function reportError(error: unknown, terminal: Terminal): Promise<number> {
  const { look } = terminal.err;
  if (error instanceof Error && !(error instanceof NanobrainError) && noHandles.test(error.message)) {
    terminal.err.line(`${look.paint.red("E_RESOURCE")} Cannot get a resource of this machine: too many files are open`);
    terminal.err.line(`  ${look.paint.dim("mend")}  Raise the limit (ulimit -n), or let fewer steps run at once.`);
    return 1;
  }
  if (!(error instanceof NanobrainError)) {
    const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
    terminal.err.line(`${look.paint.red("E_INTERNAL")} Internal fault: ${severalLines(said)}`);
    terminal.err.line("  This is a defect of NanoBrain; please report it with the text above.");
    return 1;
  }
  const { describe } = await import("@nanobrain/engine/authoring");
  const [first = "", ...rest] = wrap(`${error.code} ${oneLine(error.message)}`, look.width);
  terminal.err.line([look.paint.red(first), ...rest].join("\n"));
  if (error.hint !== undefined) terminal.err.line(`  ${look.paint.dim("mend")}  ${oneLine(error.hint)}`);
  return describe(error.code).exitCode;
}
