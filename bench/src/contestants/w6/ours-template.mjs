// The same with TemplateSteps: templates run on a thread, so that none can hold the run up.
import { commandLine } from "../../lib/ours.mjs";
import { document } from "./_nanobrain.mjs";

export { version } from "../../lib/ours.mjs";
export const note = "second start, TemplateSteps, which run on a thread";

export function setup(dir) {
  document(dir, "TemplateStep", "config: { template: done }");
  const args = [commandLine, "run", "w.yml", "--store", `${dir}/store`];
  return { cmd: process.execPath, args, cwd: dir, first: " first " };
}
