import {
  type CatalogueEntry,
  catalogue,
  type DiagnosticEntry,
  diagnosticCodes,
  nearest,
  runWarningCodes,
} from "@nanobrain/engine/authoring";
import { type Call, flag } from "../call.js";
import type { Look } from "../terminal/terminal.js";
import { wrap } from "../terminal/text-width.js";

const errors: { readonly [code: string]: CatalogueEntry } = catalogue;
const diagnostics: { readonly [code: string]: DiagnosticEntry } = { ...diagnosticCodes, ...runWarningCodes };

/** What a code means and how to mend it; without one, all codes. */
export async function main(call: Call): Promise<number> {
  const { out, err } = call.terminal;
  const [given] = call.operands;
  if (given === undefined) return list(call);
  const code = given.toUpperCase();
  const diagnostic = diagnostics[code];
  const error = errors[code];
  if (diagnostic === undefined && error === undefined) {
    const guess = nearest(code, [...Object.keys(diagnostics), ...Object.keys(errors)]);
    err.line(`${given} is no code${guess === undefined ? "" : `: did you mean ${guess}?`}`);
    return 2;
  }
  if (flag(call, "json")) out.line(JSON.stringify({ code, diagnostic: diagnostic ?? null, error: error ?? null }));
  else for (const line of codeLines(code, diagnostic, error, out.look)) out.line(line);
  return 0;
}

function codeLines(
  code: string,
  diagnostic: DiagnosticEntry | undefined,
  error: CatalogueEntry | undefined,
  look: Look,
): string[] {
  const body = (text: string): string[] => wrap(text, look.width - 2).map((line) => `  ${line}`);
  const lines: string[] = [];
  if (diagnostic !== undefined) {
    lines.push(
      `${look.paint.bold(code)}  ${diagnostic.title}`,
      ...body(diagnostic.meaning),
      "",
      ...body(diagnostic.mend),
    );
  }
  if (error === undefined) return lines;
  if (lines.length > 0) lines.push("");
  lines.push(`${look.paint.bold(code)}  ${diagnostic === undefined ? "" : "(of a run) "}${error.message}`);
  if (error.hint !== undefined) lines.push(...body(error.hint));
  if (error.kind !== undefined) lines.push(...body(`A failure of kind ${error.kind}.`));
  lines.push(
    ...body(
      `${error.retryable ? "Trying again may help." : "Trying again does not help by itself."} Exit code ${error.exitCode}.`,
    ),
  );
  return lines;
}

function list(call: Call): number {
  const { out } = call.terminal;
  const titles = [
    ...Object.entries(diagnostics).map(([code, entry]) => ({ code, title: entry.title })),
    ...Object.entries(errors).map(([code, entry]) => ({ code, title: entry.message })),
  ];
  if (flag(call, "json")) out.line(JSON.stringify(titles));
  else for (const { code, title } of titles) out.line(`${out.look.paint.bold(code.padEnd(20))} ${title}`);
  return 0;
}
