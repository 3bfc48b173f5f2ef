import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, extname, join, relative, resolve, sep } from "node:path";

const skipped = new Set(["node_modules", "dist", "out", "results"]);
const mostFiles = 5000;
const mostDepth = 12;
const mostBytes = 1_048_576;

/** Modules whose classes documents below a folder name as `./path.ts#Name`: paths relative to it, sorted, each once. */
export function findModules(top: string): readonly string[] {
  const found = new Set<string>();
  for (const document of documentsBelow(top)) {
    for (const path of modulesNamed(readFileSync(document, "utf8"))) {
      const full = resolve(dirname(document), path);
      const near = relative(top, full);
      if (!near.startsWith(`..${sep}`) && existsSync(full)) found.add(near);
    }
  }
  return [...found].sort();
}

function modulesNamed(text: string): readonly string[] {
  return [...text.matchAll(/(?<![\w/.])(\.{1,2}\/[^\s#"']+\.(?:ts|mts|js|mjs))#[A-Za-z_$]/g)].map(
    (match) => match[1] ?? "",
  );
}

/** Hidden folders, build output and installed packages are passed over; links are not followed. */
function documentsBelow(top: string): readonly string[] {
  const documents: string[] = [];
  const queue: { readonly folder: string; readonly depth: number }[] = [{ folder: top, depth: 0 }];
  for (let next = queue.shift(); next !== undefined && documents.length < mostFiles; next = queue.shift()) {
    for (const entry of readdirSync(next.folder, { withFileTypes: true })) {
      const path = join(next.folder, entry.name);
      const deeper = entry.isDirectory() && !entry.name.startsWith(".") && !skipped.has(entry.name);
      if (deeper && next.depth < mostDepth) queue.push({ folder: path, depth: next.depth + 1 });
      if (entry.isFile() && isDocument(path)) documents.push(path);
    }
  }
  return documents;
}

function isDocument(path: string): boolean {
  const extension = extname(path).toLowerCase();
  return (extension === ".yml" || extension === ".yaml") && statSync(path).size <= mostBytes;
}
