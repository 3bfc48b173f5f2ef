// NanoBrain's command line runs a small document in a store with 10,000 open runs and a million finished ones.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { commandLine, version } from "../../lib/ours.mjs";
import { document } from "../w6/_nanobrain.mjs";

export { version };
export const note = "nanobrain run of a document with five steps, to its exit";
const fill = fileURLToPath(new URL("_fill.mjs", import.meta.url));

export function setup(dir, finished) {
  const store = `${dir}/store`;
  execFileSync(process.execPath, [fill, store, String(Math.ceil(finished / 100)), String(finished)], {
    stdio: "ignore",
  });
  document(dir, "TemplateStep", "config: { template: done }");
  return { cmd: process.execPath, args: [commandLine, "run", "w.yml", "--store", store], cwd: dir, first: " first " };
}
