import fc from "fast-check";
import { expect, test } from "vitest";
import { everyKey, everyTrigger, seedShapes, worldOf } from "../testing/sample-documents.js";
import { budgets } from "./budgets.js";
import type { Diagnostic } from "./diagnostic.js";
import { loadDocument } from "./load-document.js";
import { memoryReader } from "./memory-reader.js";
import { renderDiagnostics } from "./render-diagnostics.js";

const documents = [everyKey, everyTrigger, seedShapes];
const world = { ...worldOf.everyKey, ...worldOf.everyTrigger, ...worldOf.seedShapes };

type Change = { readonly at: number; readonly remove: number; readonly insert: Uint8Array };

/** Bits of YAML that matter, and any bytes. */
const insertion = fc.oneof(
  fc
    .constantFrom(
      ..."{ } [ ] : , - ? & * ! | > ' \" % @ ` # << &a *a --- ... !!str ${ ${A} {{ \u0000 \ufeff \u202e \u200b \r \t".split(
        " ",
      ),
      "\n",
      "  ",
      "\n    ",
      ": ",
      "__proto__: 1\n",
      "[".repeat(70),
      "extends: w.yml\n",
    )
    .map((text) => new TextEncoder().encode(text)),
  fc.uint8Array({ maxLength: 4 }),
);

const change: fc.Arbitrary<Change> = fc.record({ at: fc.nat(4000), remove: fc.nat(40), insert: insertion });

function changed(text: string, changes: readonly Change[]): Uint8Array {
  let bytes = [...new TextEncoder().encode(text)];
  for (const { at, remove, insert } of changes) {
    const start = at % (bytes.length + 1);
    bytes = [...bytes.slice(0, start), ...insert, ...bytes.slice(start + remove)];
  }
  return Uint8Array.from(bytes);
}

/** Line and column exist in the file, and the frame shows that line. */
function isInside(diagnostic: Diagnostic, files: Record<string, string | Uint8Array>): boolean {
  const content = files[diagnostic.file];
  if (content === undefined) return false;
  const text = typeof content === "string" ? content : new TextDecoder("utf-8").decode(content);
  const line = text.split("\n")[diagnostic.line - 1];
  if (line === undefined || diagnostic.column < 1 || diagnostic.column > Math.max(1, line.length)) return false;
  return diagnostic.endColumn === undefined || diagnostic.endColumn <= line.length + 1;
}

test("mutated documents: never a throw, every diagnostic inside its file, within the budget", () => {
  fc.assert(
    fc.property(fc.constantFrom(...documents), fc.array(change, { minLength: 1, maxLength: 4 }), (text, changes) => {
      const files = { ...world, "w.yml": changed(text, changes) };
      const { document, diagnostics } = loadDocument("w.yml", memoryReader(files, { A: "1" }));
      expect(diagnostics.filter((diagnostic) => !isInside(diagnostic, files))).toEqual([]);
      expect(diagnostics.length).toBeLessThanOrEqual(budgets.diagnostics + 1);
      if (document === undefined) expect(diagnostics.some(({ severity }) => severity === "error")).toBe(true);
      expect(renderDiagnostics(diagnostics, { color: false, width: 60, all: true }).endsWith("\n")).toBe(
        diagnostics.length > 0,
      );
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    }),
    { numRuns: 500 },
  );
});

test("any bytes: never a throw, every diagnostic inside its file", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.array(insertion, { maxLength: 30 }).map(joined)),
      (bytes) => {
        const files = { "w.yml": bytes };
        const { diagnostics } = loadDocument("w.yml", memoryReader(files));
        expect(diagnostics.length).toBeGreaterThan(0);
        expect(diagnostics.filter((diagnostic) => !isInside(diagnostic, files))).toEqual([]);
      },
    ),
    { numRuns: 500 },
  );
});

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
