import type { Modules } from "../../contracts/step-code.js";
import { moduleFault } from "./module-fault.js";
import { moduleFile, reachedFiles, stampOf } from "./module-files.js";
import { markedUrl } from "./module-hooks.js";
import { installHooks, nativeImport } from "./native-import.js";

export type ModulesOptions = {
  /** Folder where stripped code is kept by content; null: it is stripped anew in each process. */
  readonly cacheFolder: string | null;
  /** URL of a file of the running installation, from where `@nanobrain/*` and `zod` are looked up; default: the engine's. */
  readonly installation?: string;
};

/**
 * Loads users' modules as they are: `.ts`, `.mts`, `.js` and `.mjs` files, always as ES modules, without a build step. A
 * file that was edited, or imports one that was, is loaded anew. Running them is running the user's code: nothing
 * here confines it.
 */
export function createModules(options: ModulesOptions): Modules {
  const data = { cacheFolder: options.cacheFolder, installation: options.installation ?? import.meta.url };
  const known = new Map<string, LoadedModule>();
  return {
    async load(path, folders) {
      const key = JSON.stringify([path, folders.project, folders.roots]);
      const before = known.get(key);
      if (before !== undefined && isUnchanged(before)) return before.exports;
      const file = moduleFile(path, folders);
      const stamps = [...reachedFiles(file)].map((reached) => [reached, stampOf(reached)] as const);
      installHooks(data);
      try {
        const exports = await nativeImport(markedUrl(file));
        known.set(key, { stamps, exports });
        return exports;
      } catch (error) {
        throw moduleFault(error, file, folders.project);
      }
    },
  };
}

type LoadedModule = {
  /** The module and what it imports, as they were when it was loaded. */
  readonly stamps: readonly (readonly [file: string, stamp: string | undefined])[];
  readonly exports: { readonly [name: string]: unknown };
};

function isUnchanged({ stamps }: LoadedModule): boolean {
  return stamps.every(([file, stamp]) => stampOf(file) === stamp);
}
