import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "../project.js";

const cache = join(root, "node_modules/.cache/node-versions");

/** Binaries of other versions of Node that `test/node-versions.test.ts` fetched, by version. They have `node:sqlite`. */
export function otherNodes(): readonly { readonly version: string; readonly node: string }[] {
  if (!existsSync(cache)) return [];
  return readdirSync(cache).flatMap((version) => {
    const modules = join(cache, version, "node_modules");
    if (!existsSync(modules)) return [];
    const binaries = readdirSync(modules).map((name) => join(modules, name, "bin/node"));
    return binaries.filter((node) => existsSync(node)).map((node) => ({ version, node }));
  });
}
