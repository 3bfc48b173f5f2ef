// NanoBrain: a run of in-process steps that has one step to go is taken over and gone on with; the finished ones are not run.
import { fileURLToPath } from "node:url";
import { version } from "../../lib/ours.mjs";

export { version };
export const note = "resume of a run of finished in-process steps, and its last step once more";
const program = fileURLToPath(new URL("_resume.mjs", import.meta.url));

export function setup(dir, n) {
  const args = [program, `${dir}/store`, String(n)];
  return { cmd: process.execPath, args, primeArgs: [...args, "begin"], cwd: dir, env: { OURS: "bundle" }, n };
}
