import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Compiled plans that are kept: enough for every document of a project with its usual settings. */
const mostKept = 200;

/** Writes a compiled plan; the oldest of more than 200 go. It is a convenience: failing to keep it is no failure. */
export function keepCompiled(path: string, text: string): void {
  const folder = dirname(path);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(`${path}.${process.pid}.tmp`, text, { mode: 0o600 });
    renameSync(`${path}.${process.pid}.tmp`, path);
    removeOldest(folder);
  } catch {
    // Read-only folders and full disks: the next start compiles again.
  }
}

/** Halves that a killed process left count too, and age like the rest. */
function removeOldest(folder: string): void {
  const names = readdirSync(folder);
  if (names.length <= mostKept) return;
  const aged = names.map((name) => {
    const path = join(folder, name);
    return { path, changedAt: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 };
  });
  aged.sort((a, b) => b.changedAt - a.changedAt);
  for (const { path } of aged.slice(mostKept)) rmSync(path, { force: true });
}
