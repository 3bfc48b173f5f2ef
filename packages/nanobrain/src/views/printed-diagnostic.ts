import type { Diagnostic } from "@nanobrain/engine";

/** A diagnostic as `--json` prints it. */
export function printedDiagnostic(found: Diagnostic): { readonly [key: string]: string | number | null } {
  const { code, severity, message, hint, file, line, column, path } = found;
  return { code, severity, message, hint: hint ?? null, file, line, column, path };
}
