import fc from "fast-check";
import { expect, test } from "vitest";
import { tableShape } from "./table-shape.js";

const cellOf = (text: string) => [{ kind: "text", text }] as const;
const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0);

test("property: every column is in a part, the first one in each, and no part is wider than the page", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "b", " "), maxLength: 60 });
  const tables = fc
    .integer({ min: 1, max: 40 })
    .chain((count) => fc.array(fc.array(word, { minLength: count, maxLength: count }), { minLength: 1, maxLength: 4 }));
  fc.assert(
    fc.property(tables, ([head = [], ...rows]) => {
      const { parts } = tableShape(
        head.map(cellOf),
        rows.map((row) => row.map(cellOf)),
        470,
        700,
      );
      expect(new Set(parts.flatMap(({ columns }) => columns)).size).toBe(head.length);
      for (const { columns, widths } of parts) {
        const sized = widths.filter((width) => typeof width === "number");
        expect(columns[0]).toBe(0);
        expect(widths).toHaveLength(columns.length);
        expect(sum(sized)).toBeLessThanOrEqual(470.001);
        expect(Math.min(1000, ...sized)).toBeGreaterThan(15);
      }
    }),
  );
});

test.each([
  ["short cells: pdfmake finds the widths", [["a", "b"]], { isWide: false, breaksRows: false }],
  ["a word wider than the page: its words are broken", [["x".repeat(200), "b"]], { isWide: true, breaksRows: false }],
  ["a cell of pages: its row goes on", [["word ".repeat(3_000), "b"]], { isWide: false, breaksRows: true }],
])("%s", (_, rows, shape) => {
  expect(
    tableShape(
      [cellOf("one"), cellOf("two")],
      rows.map((row) => row.map(cellOf)),
      470,
      700,
    ),
  ).toMatchObject(shape);
});
