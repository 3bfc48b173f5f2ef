import { type Block, type Inline, plainText, type ReportTree } from "./report-tree.js";

/**
 * Gives headings their ids and levels: the first one of level 1 is the title (unless there is one); no other is of level 1,
 * and none skips a level. Sections that the text itself has not placed come at its end.
 */
export function finishBlocks(
  blocks: readonly Block[],
  title: string | undefined,
): { readonly title: string; readonly blocks: readonly Block[] } {
  const first = blocks.findIndex((one) => one.kind === "heading" && one.level === 1);
  const isTitle = first >= 0 && blocks.slice(0, first).every((one) => one.kind !== "heading");
  const own = isTitle ? blocks[first] : undefined;
  const rest = isTitle ? blocks.filter((_, index) => index !== first) : blocks;
  const said = own?.kind === "heading" ? plainText(own.children) : "";
  return { title: title ?? said, blocks: leveled(rest, new Map(), { last: 1 }) };
}

function leveled(blocks: readonly Block[], ids: Map<string, number>, levels: { last: number }): readonly Block[] {
  return blocks.map((one) => {
    if (one.kind === "list") return { ...one, items: one.items.map((item) => leveled(item, ids, levels)) };
    if (one.kind === "quote") return { ...one, blocks: leveled(one.blocks, ids, levels) };
    if (one.kind !== "heading") return one;
    levels.last = Math.min(Math.max(2, one.level), levels.last + 1);
    return { ...one, level: levels.last, id: idOf(one.children, ids) };
  });
}

function idOf(children: readonly Inline[], ids: Map<string, number>): string {
  const stem =
    plainText(children)
      .toLowerCase()
      .normalize("NFD")
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-|-$/g, "")
      .slice(0, 50) || "section";
  const count = (ids.get(stem) ?? 0) + 1;
  ids.set(stem, count);
  return `s-${stem}${count === 1 ? "" : `-${count}`}`;
}

export type HeadingLine = { readonly level: number; readonly id: string; readonly text: string };

/** The headings at the top of a report, for its table of contents. */
export function contentsOf(tree: ReportTree): readonly HeadingLine[] {
  return tree.blocks.flatMap((one) =>
    one.kind === "heading" && one.level <= 3 ? [{ level: one.level, id: one.id, text: plainText(one.children) }] : [],
  );
}
