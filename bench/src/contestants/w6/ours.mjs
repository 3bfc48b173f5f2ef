// NanoBrain's command line, second start of the document: its compiled plan is on disk. Each step runs a program that prints, nothing is cached.

import { commandLine, version } from "../../lib/ours.mjs";
import { document } from "./_nanobrain.mjs";

export { version };
export const note = "second start, CommandSteps (echo), journal on";

export function setup(dir) {
  document(dir, "CommandStep", "config: { command: [echo, done] }", "stdout");
  const args = [commandLine, "run", "w.yml", "--store", `${dir}/store`];
  return { cmd: process.execPath, args, cwd: dir, first: " first " };
}
