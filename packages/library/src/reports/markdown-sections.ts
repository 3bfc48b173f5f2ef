export type Section = { readonly heading: string; readonly text: string };

/**
 * A Markdown text by its headings of the first two levels that occur: a single first heading is its title, what stands
 * before the sections is the lead. Headings inside code are none.
 */
export function markdownSections(text: string): {
  readonly title: string;
  readonly lead: string;
  readonly sections: readonly Section[];
} {
  const lines = text.split(/\r?\n/);
  const headings = headingsOf(lines);
  const least = Math.min(...headings.map((one) => one.level));
  const tops = headings.filter((one) => one.level === least);
  const isTitled =
    tops.length === 1 &&
    tops[0]?.line === headings[0]?.line &&
    blank(lines.slice(0, tops[0]?.line ?? 0)) &&
    headings.length > 1;
  const inner = isTitled ? headings.slice(1) : headings;
  const level = Math.min(...inner.map((one) => one.level));
  const cuts = inner.filter((one) => one.level === level);
  const from = isTitled ? (tops[0]?.line ?? 0) + 1 : 0;
  const sections = cuts.map((cut, index) => ({
    heading: cut.text,
    text: lines
      .slice(cut.line + 1, cuts[index + 1]?.line ?? lines.length)
      .join("\n")
      .trim(),
  }));
  const lead = lines
    .slice(from, cuts[0]?.line ?? lines.length)
    .join("\n")
    .trim();
  return {
    title: isTitled ? (tops[0]?.text ?? "") : "",
    lead: cuts.length === 0 ? "" : lead,
    sections: cuts.length === 0 && lead !== "" ? [{ heading: "Analysis", text: lead }] : sections,
  };
}

type Heading = { readonly line: number; readonly level: number; readonly text: string };

function headingsOf(lines: readonly string[]): readonly Heading[] {
  let fence = "";
  return lines.flatMap((line, index) => {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (mark !== undefined && (fence === "" || mark.startsWith(fence))) fence = fence === "" ? mark : "";
    const found = fence === "" ? /^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$/.exec(line) : null;
    if (found?.[1] === undefined || found[2] === undefined || found[2] === "") return [];
    return [{ line: index, level: found[1].length, text: found[2].replace(/[*_`]/g, "") }];
  });
}

function blank(lines: readonly string[]): boolean {
  return lines.every((line) => line.trim() === "");
}
