import { NanobrainError } from "@nanobrain/engine";
import type { Terminal } from "./terminal/terminal.js";
import { oneLine, severalLines, wrap } from "./terminal/text-width.js";

/** Prints an error that ended a command, and gives its exit code. */
export async function reportError(error: unknown, terminal: Terminal): Promise<number> {
  const { look } = terminal.err;
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
