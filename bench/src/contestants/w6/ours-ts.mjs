// The same with a step of the user's own in TypeScript, which runs on a thread.
import { writeFileSync } from "node:fs";
import { commandLine } from "../../lib/ours.mjs";
import { document } from "./_nanobrain.mjs";

export { version } from "../../lib/ours.mjs";
export const note = "second start, steps of a .ts module on a thread";

export function setup(dir) {
  writeFileSync(`${dir}/say.ts`, "export const say = (): string => 'done';\n");
  document(dir, "FunctionStep", "config: { function: ./say.ts#say }, outputs: [text]");
  const args = [commandLine, "run", "w.yml", "--store", `${dir}/store`];
  return { cmd: process.execPath, args, cwd: dir, first: " first " };
}
