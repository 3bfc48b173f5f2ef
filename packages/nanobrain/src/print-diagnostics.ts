import type { Diagnostic } from "@nanobrain/engine";
import { type Call, flag } from "./call.js";
import type { Channel } from "./terminal/terminal.js";

/** Prints what was found in a document; the first 20, or all with `--all`. */
export async function printDiagnostics(
  call: Call,
  channel: Channel,
  diagnostics: readonly Diagnostic[],
): Promise<void> {
  if (diagnostics.length === 0) return;
  const { renderDiagnostics } = await import("@nanobrain/engine/authoring");
  const { look } = channel;
  const color = look.paint.red("x") !== "x";
  const rendered = renderDiagnostics(diagnostics, { color, width: look.width, all: flag(call, "all") });
  channel.write(rendered.endsWith("\n") ? rendered : `${rendered}\n`);
}
