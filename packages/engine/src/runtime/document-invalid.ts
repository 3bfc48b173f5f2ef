import type { Diagnostic } from "../document/diagnostic.js";
import { type NanobrainError, nanobrainError } from "../errors/nanobrain-error.js";

/** E_DOCUMENT_INVALID with every fault in `details.diagnostics` and the first in its message. */
export function documentInvalid(file: string, diagnostics: readonly Diagnostic[]): NanobrainError {
  const faults = diagnostics.filter((found) => found.severity === "error");
  const first = faults[0];
  return nanobrainError("E_DOCUMENT_INVALID", {
    file,
    count: faults.length,
    first: first === undefined ? "" : `${first.file}:${first.line}:${first.column} ${first.code} ${first.message}`,
    diagnostics: faults.map(({ code, message, line, column, path, file: where }) => ({
      code,
      message,
      line,
      column,
      path,
      file: where,
    })),
  });
}
