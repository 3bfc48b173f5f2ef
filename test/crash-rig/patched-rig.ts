import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../project.js";

/** A file of the built store, what stands in it, and what shall stand there instead. */
export type Patch = readonly [file: string, there: string, instead: string];

const store = "packages/engine/dist/adapters/stores/sqlite";

/** A copy of the rig and of the built engine with bugs in its store; answers the rig's folder, for `Program.rig`. Remove it afterwards. */
export function patchedRig(patches: readonly Patch[]): string {
  const top = mkdtempSync(join(tmpdir(), "nanobrain-patched-"));
  const engine = join(top, "packages/engine");
  for (const part of ["dist", "package.json"])
    cpSync(join(root, "packages/engine", part), join(engine, part), { recursive: true });
  cpSync(join(root, "test/crash-rig"), join(top, "test/crash-rig"), { recursive: true });
  mkdirSync(join(top, "node_modules/@nanobrain"), { recursive: true });
  symlinkSync(engine, join(top, "node_modules/@nanobrain/engine"));
  for (const name of readdirSync(join(root, "node_modules"))) {
    if (name === "@nanobrain" || name.startsWith(".")) continue;
    symlinkSync(join(root, "node_modules", name), join(top, "node_modules", name));
  }
  for (const [file, there, instead] of patches) plant(join(top, store, file), there, instead);
  return join(top, "test/crash-rig");
}

function plant(path: string, there: string, instead: string): void {
  const text = readFileSync(path, "utf8");
  if (!text.includes(there)) throw new Error(`cannot plant a bug: ${there} is not in ${path}`);
  writeFileSync(path, text.replaceAll(there, instead));
}
