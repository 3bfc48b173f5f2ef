import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the project. */
export const root = fileURLToPath(new URL("..", import.meta.url));

/** The built command line. */
export const commandLine = join(root, "packages/nanobrain/bundle/nanobrain.cjs");

/** The same file by file, for rigs that change some: with `--conditions=nanobrain-dist` the engine is, too. */
export const compiledCommandLine = join(root, "packages/nanobrain/dist/bin.js");

export function readText(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

/** Names of the packages' folders. */
export function packageFolders(): readonly string[] {
  return readdirSync(join(root, "packages"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
}

/** Files below a folder of the project whose name passes, as paths from the project's folder; none if there is no such folder. */
export function filesBelow(folder: string, passes: (name: string) => boolean): readonly string[] {
  try {
    return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && passes(entry.name) && !entry.parentPath.includes("node_modules"))
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length));
  } catch {
    return [];
  }
}

/** The environment for a program that must not feel that `npm test` started us. */
export function plainEnvironment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) =>
      !/^(npm_(package|lifecycle)_|npm_config_local_prefix$|INIT_CWD$|NODE_OPTIONS$|VITEST|NODE_ENV$|NANOBRAIN_)/.test(
        name,
      ),
  );
  return { ...Object.fromEntries(inherited), NO_COLOR: "1", ...more };
}
