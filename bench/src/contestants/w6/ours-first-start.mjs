// The same when the document was never seen before: YAML, checks and plan included.
import { rmSync } from "node:fs";
import { setup as setupSecond } from "./ours.mjs";

export { version } from "../../lib/ours.mjs";
export const note = "first start of the document";

export function setup(dir) {
  return { ...setupSecond(dir), before: () => rmSync(`${dir}/store`, { recursive: true, force: true }) };
}
