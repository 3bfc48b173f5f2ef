import { componentDocs, nearest } from "@nanobrain/engine/authoring";
import { type Call, flag } from "../call.js";
import { openForNames, withRuntime } from "../open-runtime.js";
import { severalLines } from "../terminal/text-width.js";
import { markdownLines } from "../views/markdown-lines.js";
import { tableLines } from "../views/table.js";

/** A class's page, as Markdown; without one, the classes there are. */
export function main(call: Call): Promise<number> {
  const [name] = call.operands;
  return withRuntime(openForNames(), async ({ registry }) => {
    const { out, err } = call.terminal;
    if (name === undefined) {
      const classes = registry.list().map(({ kind, class: full }) => ({ kind, class: full }));
      if (flag(call, "json")) out.line(JSON.stringify(classes));
      else for (const line of classTable(classes, out.look)) out.line(line);
      return 0;
    }
    const found = registry.find(name);
    if (found === undefined) {
      const known = registry.list().map((one) => one.class);
      const guess = nearest(name, [...known, ...known.map(shortName)]);
      err.line(
        `class ${name} is not registered${guess === undefined ? ": `nanobrain docs` lists those that are" : `: did you mean ${guess}?`}`,
      );
      return 2;
    }
    const definition = await found.load();
    const docs = await componentDocs(definition, await registry.zod());
    out.write(
      flag(call, "json")
        ? `${JSON.stringify({ class: definition.class, kind: definition.kind, summary: definition.summary, docs })}\n`
        : out.isTerminal
          ? `${markdownLines(severalLines(docs), out.look).join("\n")}\n`
          : severalLines(docs),
    );
    return 0;
  });
}

const shortName = (full: string): string => full.slice(full.lastIndexOf(".") + 1);

function classTable(
  classes: readonly { readonly kind: string; readonly class: string }[],
  look: Parameters<typeof tableLines>[2],
): string[] {
  const rows = classes
    .map((one) => [shortName(one.class), one.kind, one.class])
    .sort((a, b) => (a[1] ?? "").localeCompare(b[1] ?? "") || (a[0] ?? "").localeCompare(b[0] ?? ""));
  return tableLines([{ title: "CLASS" }, { title: "KIND" }, { title: "FULL NAME" }], rows, look);
}
