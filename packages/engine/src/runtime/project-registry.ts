import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import type { ModuleClass, ModuleDescription } from "../components/describe-module.js";
import type { StepPorts } from "../contracts/component.js";

/** What `nanobrain schema` found in the project's own modules, so that documents can be checked without running them. */
export type ProjectRegistry = {
  readonly format: 1;
  /** By path relative to the project's top folder, with `/`. `hash` is of the code with all it imports by relative path. */
  readonly modules: { readonly [path: string]: ModuleDescription & { readonly hash: string } };
};

const registryFile = join(".nanobrain", "registry.json");

/** Imports modules, which is running them, and says what they offer. Paths are relative to `top`. */
export async function describeProject(top: string, paths: readonly string[]): Promise<ProjectRegistry> {
  const { createModules } = await import("../adapters/modules/modules.js");
  const { fileHash } = await import("../adapters/modules/module-files.js");
  const { describeModule } = await import("../components/describe-module.js");
  const { z } = await import("zod");
  const loader = createModules({ cacheFolder: null });
  const modules: { [path: string]: ModuleDescription & { readonly hash: string } } = {};
  for (const path of paths) {
    const described = await describeModule(path, { project: top, roots: [] }, loader, z);
    modules[path.split(sep).join("/")] = { ...described, hash: fileHash(resolve(top, path)) };
  }
  return { format: 1, modules };
}

export type ModulePorts = {
  readonly modulePorts: (path: string, exportName: string) => StepPorts | undefined;
  /** The registry's text: what compiled plans depend on. */
  readonly fingerprint: string;
};

/**
 * Ports by the registry file of the nearest folder at or above a document's that has one; undefined: there is none. A
 * module that was edited since has open ports, until the file is written anew.
 */
export async function readModulePorts(project: string): Promise<ModulePorts | undefined> {
  const top = topFolder(resolve(project));
  if (top === undefined) return undefined;
  const { fileHash } = await import("../adapters/modules/module-files.js");
  const text = readFileSync(join(top, registryFile), "utf8");
  const { modules } = parsed(text);
  return {
    fingerprint: text,
    modulePorts(path, exportName) {
      const full = resolve(project, path);
      const described = modules[relative(top, full).split(sep).join("/")];
      if (described === undefined || !existsSync(full) || fileHash(full) !== described.hash) return undefined;
      return described.classes.find((one: ModuleClass) => one.export === exportName)?.ports;
    },
  };
}

/** A file that cannot be read counts as empty: it only ever adds to what is known. */
function parsed(text: string): ProjectRegistry {
  try {
    const registry = JSON.parse(text) as ProjectRegistry;
    if (registry.format === 1 && typeof registry.modules === "object" && registry.modules !== null) return registry;
  } catch {
    // Written anew by the next `nanobrain schema`.
  }
  return { format: 1, modules: {} };
}

function topFolder(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, registryFile))) return at;
    if (dirname(at) === at) return undefined;
  }
}
