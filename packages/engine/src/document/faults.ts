import type { DocumentCode } from "../errors/diagnostics.js";
import { budgets } from "./budgets.js";
import type { Diagnostic, Place } from "./diagnostic.js";
import type { Path } from "./document.js";
import { frameOf } from "./frame.js";
import { pathText, visible } from "./path-text.js";
import { placeOf, type Source, type Span } from "./source.js";

/** Messages, hints and paths are cut to this many characters. */
const longestText = 1000;

/** A fault found while a file is read, before it has a place. */
export type Fault = {
  readonly code: DocumentCode;
  readonly span: Span;
  readonly path: Path;
  readonly message: string;
  readonly hint?: string | undefined;
};

/** What a load found so far. Equal faults count once; beyond the budget they are only counted. */
export class Faults {
  private readonly found: Diagnostic[] = [];
  private readonly seen = new Set<string>();
  private omitted = 0;

  add(source: Source, fault: Fault): void {
    this.addMade(() => makeDiagnostic("error", source, fault));
  }

  /** `make` is not called once the budget is used up: a diagnostic costs more than the fault it is about. */
  addMade(make: () => Diagnostic): void {
    if (this.found.length >= budgets.diagnostics) this.omitted++;
    else this.keep(make());
  }

  get count(): number {
    return this.found.length;
  }

  /** By file in the order of discovery, then by line and column. */
  list(): Diagnostic[] {
    const sorted = orderDiagnostics(this.found);
    const last = sorted.at(-1);
    if (this.omitted > 0 && last !== undefined) {
      const message = `More than ${budgets.diagnostics} faults: ${this.omitted} further ones are not listed`;
      const { frame: _frame, hint: _hint, chain: _chain, ...place } = last;
      sorted.push({ ...place, code: "E_LIMIT", severity: "error", message, path: "" });
    }
    return sorted;
  }

  private keep(diagnostic: Diagnostic): void {
    const { file, line, column, code, message } = diagnostic;
    const key = `${file}:${line}:${column}:${code}:${message}`;
    if (this.seen.has(key)) return;
    this.seen.add(key);
    this.found.push(diagnostic);
  }
}

/** By file in the order of their first diagnostics, then by line and column. */
export function orderDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const ranks = new Map<string, number>();
  for (const { file } of diagnostics) if (!ranks.has(file)) ranks.set(file, ranks.size);
  const rank = ({ file }: Diagnostic): number => ranks.get(file) ?? 0;
  return [...diagnostics].sort((a, b) => rank(a) - rank(b) || a.line - b.line || a.column - b.column);
}

export function makeDiagnostic(
  severity: "error" | "warning",
  source: Source,
  fault: Omit<Fault, "code"> & { readonly code: string },
): Diagnostic {
  const place = placeOf(source, fault.span);
  return {
    ...place,
    code: fault.code,
    severity,
    message: shortened(fault.message),
    path: shortened(pathText(fault.path)),
    ...(fault.hint === undefined ? {} : { hint: shortened(fault.hint) }),
    ...(source.chain.length === 0 ? {} : { chain: source.chain as readonly Place[] }),
    ...(source.text === "" ? {} : { frame: frameOf(source, place.line, place.column) }),
  };
}

function shortened(text: string): string {
  return visible(text.length > longestText ? `${text.slice(0, longestText)}...` : text);
}
