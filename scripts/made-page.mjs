import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./program.mjs";

/** Where two texts begin to differ: the line and what stands there in each. Undefined: they are equal. */
export function firstDifference(found, expected) {
  if (found === expected) return undefined;
  const [ours, theirs] = [found.split("\n"), expected.split("\n")];
  const at = ours.findIndex((line, index) => line !== theirs[index]);
  const index = at < 0 ? ours.length : at;
  return { line: index + 1, found: ours[index] ?? "(nothing)", expected: theirs[index] ?? "(nothing)" };
}

/** Writes a page that is made from the code; with `--check` says instead whether it is what the code says. */
export function settlePage(path, text) {
  const file = join(root, path);
  if (!process.argv.includes("--check")) return writeFileSync(file, text);
  const difference = firstDifference(existsSync(file) ? readFileSync(file, "utf8") : "", text);
  if (difference === undefined) return;
  const { line, found, expected } = difference;
  console.log(`${path}:${line} is out of date.\n  there: ${found}\n  made:  ${expected}`);
  process.exitCode = 1;
}
