import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { RunSettings } from "../values/parts.js";
import { makeFolder } from "./make-folder.js";
import type { RuntimeOptions } from "./runtime.js";

/** What runs of one runtime are started with, by their project and whether they use the cache. `folder`: of the store. */
export function runSettings(
  folder: string | null,
  { cache: isCaching = true, roots = [] }: RuntimeOptions,
): (project: string, cache: boolean | undefined) => RunSettings {
  const blobs = folder === null ? null : join(folder, "blobs");
  const outside = roots.map((root) => resolve(root));
  let scratch: string | undefined;
  return (project, cache) => {
    if (scratch === undefined) {
      scratch = join(folder ?? join(tmpdir(), "nanobrain"), "scratch");
      makeFolder(scratch);
    }
    return {
      cache: (cache ?? true) && isCaching,
      folders: { project: resolve(project), roots: outside, blobs, scratch },
    };
  };
}
