import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The folder of the project, whatever the current folder is. */
export const root = fileURLToPath(new URL("..", import.meta.url));

/** Runs a program in the project's folder with our own terminal; answers its exit code (1 if it could not start). */
export function runProgram(command, args, env = {}) {
  const ended = spawnSync(command, args, { cwd: root, stdio: "inherit", env: { ...process.env, ...env } });
  if (ended.error !== undefined) console.error(`Cannot start ${command}: ${ended.error.message}`);
  return ended.status ?? 1;
}

/** Runs a JavaScript program of this project under the same Node as ourselves. */
export function runNode(args, env = {}) {
  return runProgram(process.execPath, args, env);
}
