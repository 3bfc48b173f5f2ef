// NanoBrain's command line, second start of the document: its compiled plan is on disk. The steps run, nothing is cached.

import { commandLine, version } from "../../lib/ours.mjs";
import { document } from "./_nanobrain.mjs";

export { version };
export const note = "second start, built-in steps, journal on";

export function setup(dir) {
  document(dir, "TemplateStep", "config: { template: done }");
  const args = [commandLine, "run", "w.yml", "--store", `${dir}/store`];
  return { cmd: process.execPath, args, cwd: dir, first: " first " };
}
