import type { AttemptFolders } from "../../contracts/executor.js";
import type { JsonObject } from "../../contracts/json.js";
import type { Plan } from "../../plan/plan.js";

/** Hashes of the users' modules that a plan names, with all that they import by relative path, by their paths. What cannot be read is left out. */
export async function codeHashes(plan: Plan, folders: AttemptFolders): Promise<{ [path: string]: string }> {
  const paths = modulesOf(plan);
  const hashes: { [path: string]: string } = {};
  if (paths.size === 0) return hashes;
  const { moduleHash } = await import("../../adapters/modules/module-hash.js");
  for (const path of [...paths].sort()) {
    const hash = await moduleHash(path, folders).catch(() => undefined);
    if (hash !== undefined) hashes[path] = hash;
  }
  return hashes;
}

const known = new WeakMap<Plan, ReadonlySet<string>>();

/** Looked for once: plans are long. */
function modulesOf(plan: Plan): ReadonlySet<string> {
  const found = known.get(plan);
  if (found !== undefined) return found;
  const paths = new Set<string>();
  for (const { nodes, links } of plan.workflows) {
    for (const { step } of nodes) if (step?.component?.module !== undefined) paths.add(step.component.module.path);
    for (const { transform } of links) if (transform?.module !== undefined) paths.add(transform.module.path);
  }
  known.set(plan, paths);
  return paths;
}

/** Modules that are not what they were when a run was started with `options`. */
export function changedModules(options: JsonObject, now: { readonly [path: string]: string }): ReadonlySet<string> {
  const before = (options["code"] ?? {}) as JsonObject;
  return new Set(Object.keys(now).filter((path) => before[path] !== now[path]));
}
