import { describe, expect, it } from "vitest";
import { makeLook } from "../terminal/look.js";
import { textWidth } from "../terminal/text-width.js";
import { markdownLines } from "./markdown-lines.js";

const page = `# WaitStep

Waits.

| key | type | default | meaning |
| --- | --- | --- | --- |
| \`for\` | number or text |  | Span to wait; \`a \\| b\` stays one cell, and a long meaning goes onto as many lines as it needs. |
| \`until\` | text | \`now\` | Moment. |

Text | with a bar stays.
`;
const look = makeLook({ width: 60, color: "off", marks: "unicode" });

describe("markdown on a terminal", () => {
  it("tables: an entry for each row, its meaning below it; all else as it stands", () => {
    expect(markdownLines(page, look)).toEqual([
      "WaitStep",
      "",
      "Waits.",
      "",
      "  for  number or text",
      "      Span to wait; a | b stays one cell, and a long meaning",
      "      goes onto as many lines as it needs.",
      "  until  text, now",
      "      Moment.",
      "",
      "Text | with a bar stays.",
      "",
    ]);
  });

  it("width: no entry is wider than the terminal", () => {
    for (const width of [40, 60, 100]) {
      const lines = markdownLines(page, makeLook({ width, color: "off", marks: "unicode" }));
      expect(Math.max(...lines.map(textWidth))).toBeLessThanOrEqual(width);
    }
  });
});
